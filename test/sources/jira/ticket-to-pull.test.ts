import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fromAdf } from '../../../src/jira/adf/read.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import { createHome, type Home } from '../../support/home.ts'
import { type JiraServer, startJira } from '../../support/jira/server.ts'
import { ANNA, STATUSES } from '../../support/jira/world.ts'

let jira: JiraServer
let gitHub: GitHubServer
let home: Home
beforeAll(async () => {
  ;[jira, gitHub] = await Promise.all([startJira(), startGitHub()])
})
afterAll(async () => {
  await jira.close()
  await gitHub.close()
})
afterEach(() => home.close())

let count = 0

/** A project with tickets in Jira and a repository on GitHub. */
async function open() {
  const name = `acme/tickets${++count}`
  const repo = gitHub.repo(name, { people: { 'baton-bot': 'write' }, files: { 'README.md': '# App\n' } })
  home = createHome(
    '',
    `project: work\ngithub: {repo: ${name}}\njira:\n  project: BAT\n  reporters: [${ANNA.accountId}]\n`,
  )
  mkdirSync(join(home.dir, 'work'))
  home.git('clone', '-q', repo.row.gitDir, 'work')
  const start = async () => {
    const baton = await home.open({
      jira: jira.login,
      gitHub: { token: gitHub.token('baton-bot'), apiUrl: gitHub.apiUrl, version: '0.0.0', spaced: false },
    })
    const rounds = await baton.jira.get('main')?.rounds({
      ...{ api: baton.runner.api, note: () => undefined, spent: async () => undefined },
      onError: (error) => baton.errors.push(error),
    })
    if (!rounds || !('once' in rounds)) throw new Error('The project has no tickets.')
    const { once } = rounds as { once: () => Promise<void> }
    const settle = async () => {
      await once()
      await baton.rest()
      await once()
    }
    return { baton, once, settle }
  }
  return { repo, start, pulls: () => [...repo.row.issues.values()].filter(({ pull }) => pull) }
}

test('the work on a ticket is a pull request where there is GitHub, and the ticket links to it, once', async () => {
  const { repo, start, pulls } = await open()
  const { baton, once, settle } = await start()
  const ticket = jira.world.create('Add a', { description: 'rehearse: edit a.txt "one"' })
  await settle()
  expect(baton.errors).toEqual([])
  expect(pulls()).toMatchObject([
    { title: `${ticket.key} Add a`, pull: { base: 'main', head: { branch: `feature/${ticket.key}` } } },
  ])
  const [pull] = pulls()
  expect(pull?.body).toContain(`For the ticket ${ticket.key}: ${jira.url}/browse/${ticket.key}`)
  expect(repo.git('show', `feature/${ticket.key}:a.txt`)).toBe('one')
  expect(home.git('-C', 'work', 'status', '--porcelain')).toBe('')
  expect(ticket.status).toBe(STATUSES.done)
  const links = () => [...ticket.links.values()]
  expect(links()).toMatchObject([
    { url: expect.stringMatching(/\/pull\/\d+$/), title: `Pull request #${pull?.number}` },
  ])
  expect(ticket.comments.map(({ body }) => fromAdf(body))).toEqual([
    expect.stringContaining(`Pull request #${pull?.number}`),
  ])
  const writes = () => jira.requests.filter((one) => one.includes('/remotelink')).length
  const before = writes()
  await once()
  expect(writes()).toBe(before)

  // Taken up again it is another run, with a pull request and a link of its own; nothing on GitHub is overwritten.
  jira.world.change(ticket, { status: STATUSES.open, description: jira.world.text('rehearse: edit a.txt "two"') })
  await settle()
  expect(pulls().map((one) => one.pull?.head.branch)).toEqual([`feature/${ticket.key}`, `feature/${ticket.key}-2`])
  expect(repo.git('show', `feature/${ticket.key}:a.txt`)).toBe('one')
  expect(repo.git('show', `feature/${ticket.key}-2:a.txt`)).toBe('two')
  expect(links()).toHaveLength(2)
  expect(baton.errors).toEqual([])
})

test('a link whose answer was lost is one link, and a ticket that changes nothing has none', async () => {
  const { start, pulls } = await open()
  const { baton, once, settle } = await start()
  const ticket = jira.world.create('Add a', { description: 'rehearse: edit a.txt "one"' })
  jira.fail('lost', /POST .*\/remotelink$/)
  await settle().catch((error) => expect(error).toMatchObject({ kind: 'lost' }))
  await once()
  expect(pulls()).toHaveLength(1)
  expect(ticket.links.size).toBe(1)
  const idle = jira.world.create('Say', { description: 'rehearse: say done' })
  await settle()
  expect(idle.status).toBe(STATUSES.done)
  expect(idle.links.size).toBe(0)
  expect(pulls()).toHaveLength(1)
  expect(baton.errors).toEqual([])
})
