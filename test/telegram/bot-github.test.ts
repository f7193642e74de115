import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBotApi } from '../support/bot-api/server.ts'
import { pullHands } from '../support/github/merge-routes.ts'
import { startGitHub } from '../support/github/server.ts'
import { createHome } from '../support/home.ts'
import { openPhoneApp, told } from '../support/phone.ts'

test('the phone shows what is open on GitHub, and its buttons take, review and merge it', async () => {
  const server = await startGitHub()
  const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
  const home = createHome('', 'project: work\ngithub: {repo: acme/app, review: none, merge: {checks: [], ci: false}}\n')
  mkdirSync(join(home.dir, 'work'))
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
    anna.says('/github')
    const shown = await told(anna, /⇄ #1 \*Add\* \[b\]\(https:\/\/evil\.example\) @all/)
    const tap = anna.taps(`Merge #${number}`, { message: shown.id })
    await tap.answer()
    await told(anna, /in the queue to be merged/)
    await expect.poll(() => repo.issue(number).pull?.merged, { timeout: 20_000 }).toBeDefined()
    expect(app.errors).toEqual([])
  } finally {
    await app.stop()
    await api.close()
    await server.close()
    home.remove()
  }
}, 60_000)
