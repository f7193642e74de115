import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import { startBotApi } from '../support/bot-api/server.ts'
import { pullHands } from '../support/github/merge-routes.ts'
import { startGitHub } from '../support/github/server.ts'
import { createHome } from '../support/home.ts'
import { openPhoneApp, told } from '../support/phone.ts'

test('the phone shows what is open on GitHub, and its buttons take, review and merge it', async () => {
  const server = await startGitHub()
  const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
  // The only one that is on GitHub is meant, without a question.
  const home = createHome(
    '',
    'projects:\n  notes: {path: notes}\n  app: {path: work, github: {repo: acme/app, review: none, merge: {checks: [], ci: false}}}\n',
  )
  for (const name of ['notes', 'work']) mkdirSync(join(home.dir, name))
  home.git('clone', '-q', repo.row.gitDir, 'work')
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const gitHub = { token: server.token('baton-bot'), apiUrl: server.apiUrl, version: '0.0.0', spaced: false }
  const app = await openPhoneApp(home, api, { gitHub })
  try {
    const hands = pullHands(server.world, repo.row)
    hands.push('other', { 'b.txt': 'x\n' })
    const { number } = hands.open('rita', { branch: 'other', title: '*Add* [b](https://evil.example) @all' })
    // The first look is over.
    await expect.poll(() => server.requests.some(({ path }) => path.endsWith('/issues/comments'))).toBe(true)
    const { number: issue } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"' })
    anna.says('/github')
    const shown = await told(anna, /⇄ #1 \*Add\* \[b\]\(https:\/\/evil\.example\) @all/)
    await anna.taps(`Take #${issue}`, { message: shown.id }).answer()
    await told(anna, `Labeled #${issue} “ready”; Baton takes it up now.`)
    await anna.taps(`Review #${number}`, { message: shown.id }).answer()
    await told(anna, new RegExp(`Reviewing #${number} at [0-9a-f]{8}`))
    await expect.poll(() => repo.tip(`feature/issue-${issue}`), { timeout: 20_000 }).toBeDefined()
    const tap = anna.taps(`Merge #${number}`, { message: shown.id })
    await tap.answer()
    await told(anna, /Queued #\d+ to be merged/)
    await expect.poll(() => repo.issue(number).pull?.merged, { timeout: 20_000 }).toBeDefined()
    expect(app.errors).toEqual([])
  } finally {
    await app.stop()
    await api.close()
    await server.close()
    home.remove()
  }
}, 60_000)

test('with several projects, a button means the repository that was shown', async () => {
  const server = await startGitHub()
  const people = { wendy: 'write', 'baton-bot': 'write' } as const
  const repos = [server.repo('acme/app', { people }), server.repo('acme/site', { people })]
  const gitHubOf = (name: string) =>
    `{path: ${name}, github: {repo: acme/${name}, review: none, merge: {checks: [], ci: false}}}`
  const home = createHome(
    '',
    `projects:\n  notes: {path: notes}\n  app: ${gitHubOf('app')}\n  site: ${gitHubOf('site')}\n`,
  )
  mkdirSync(join(home.dir, 'notes'))
  for (const { row } of repos) home.git('clone', '-q', row.gitDir, row.name)
  const api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const gitHub = { token: server.token('baton-bot'), apiUrl: server.apiUrl, version: '0.0.0', spaced: false }
  const app = await openPhoneApp(home, api, { gitHub })
  try {
    const numbers = repos.map((repo) => {
      const hands = pullHands(server.world, repo.row)
      hands.push('other', { 'b.txt': 'x\n' })
      return hands.open('wendy', { branch: 'other', title: `Change ${repo.row.name}` }).number
    })
    expect(numbers).toEqual([1, 1])
    const looks = () => server.requests.filter(({ path }) => path.endsWith('/issues/comments')).map(({ path }) => path)
    await expect.poll(() => new Set(looks()).size, { timeout: 20_000 }).toBe(2)
    anna.says('/github')
    const which = await told(anna, /Which project/)
    expect(
      latest(which)
        .keyboard?.flat()
        .map(({ text }) => text),
    ).toEqual(['app', 'site'])
    await anna.taps('site', { message: which.id }).answer(20_000)
    const shown = await told(anna, /Change site/)
    await anna.taps('Merge #1', { message: shown.id }).answer()
    await told(anna, /Queued #\d+ to be merged/)
    const [first, second] = repos.map((repo) => repo.issue(1).pull)
    await expect.poll(() => second?.merged, { timeout: 20_000 }).toBeDefined()
    expect(first?.merged).toBeUndefined()
    expect(app.errors).toEqual([])
  } finally {
    await app.stop()
    await api.close()
    await server.close()
    home.remove()
  }
}, 60_000)
