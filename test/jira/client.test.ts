import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openJira } from '../../src/jira/client.ts'
import { isJiraTrouble, type JiraError } from '../../src/jira/errors.ts'
import { type JiraServer, startJira } from '../support/jira/server.ts'
import { BOT } from '../support/jira/world.ts'

let server: JiraServer
beforeAll(async () => {
  server = await startJira()
})
afterAll(() => server.close())
afterEach(() => server.clear())

let now = 1_000_000
const open = (login: Partial<JiraServer['login']> = {}) => openJira({ ...server.login, ...login }, { now: () => now })
const troubleOf = async (work: Promise<unknown>): Promise<JiraError> => {
  const error = await work.then(
    () => undefined,
    (error) => error,
  )
  if (!isJiraTrouble(error)) throw new Error(`expected trouble, got ${String(error)}`)
  return error
}

test('reads all pages of a search, of comments and of changes', async () => {
  const jira = open()
  const made = ['one', 'two', 'three', 'four', 'five'].map((title) => server.world.create(title))
  const jql = 'project = "BAT" AND (labels = baton) AND statusCategory != Done ORDER BY created ASC'
  expect((await jira.search(jql, { most: 500 })).map(({ key }) => key)).toEqual(made.map(({ key }) => key))
  expect(await jira.search(jql, { most: 3 })).toHaveLength(3)
  const [first] = made
  if (!first) return
  for (const words of ['a', 'b', 'c']) server.world.comment(first, BOT, server.world.text(words))
  expect(await jira.comments(first.key)).toHaveLength(3)
  for (const label of ['x', 'y', 'z']) server.world.label(first, BOT, label)
  expect(await jira.changes(first.id)).toHaveLength(3)
})

test('a wrong token is called one, and is not part of the message', async () => {
  const error = await troubleOf(open({ token: 'wrong-token-123' }).self())
  expect(error).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('JIRA_TOKEN') })
  expect(error.message).not.toContain('wrong-token-123')
})

test('a limit of everything holds everything until it is over', async () => {
  const jira = open()
  const { id } = server.world.create('one')
  server.fail('limited', /GET .*\/myself/)
  expect(await troubleOf(jira.self())).toMatchObject({ kind: 'limited', retryAt: now + 7_000 })
  expect(jira.heldUntil()).toBe(now + 7_000)
  const asked = server.requests.length
  expect((await troubleOf(jira.issue(id))).kind).toBe('limited')
  expect(server.requests).toHaveLength(asked)
  now += 7_001
  expect((await jira.issue(id)).id).toBe(id)
})

test('a limit of writes to one issue holds that issue alone, and no read', async () => {
  const jira = open()
  const [one, two] = [server.world.create('one'), server.world.create('two')]
  server.fail('limited-issue', /POST .*\/comment/)
  const body = server.world.text('words') as object
  expect((await troubleOf(jira.addComment(one.id, body))).kind).toBe('limited')
  expect((await troubleOf(jira.addComment(one.id, body))).kind).toBe('limited')
  await jira.addComment(two.id, body)
  expect((await jira.issue(one.id)).id).toBe(one.id)
  now += 5_001
  await jira.addComment(one.id, body)
  expect(one.comments).toHaveLength(1)
})

test('what was sent and not answered is in doubt; what was refused is not', async () => {
  const jira = open()
  const { id } = server.world.create('one')
  const body = server.world.text('words') as object
  server.fail('lost', /POST .*\/comment/)
  expect((await troubleOf(jira.addComment(id, body))).kind).toBe('lost')
  server.fail('down', /POST .*\/comment/)
  expect((await troubleOf(jira.addComment(id, body))).kind).toBe('lost')
  server.fail('forbidden', /POST .*\/comment/)
  expect((await troubleOf(jira.addComment(id, body))).kind).toBe('forbidden')
  expect(await troubleOf(jira.addComment(id, { type: 'doc' }))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('version'),
  })
  const gone = await startJira()
  await gone.close()
  expect((await troubleOf(open({ url: gone.url }).addComment(id, body))).kind).toBe('unreachable')
})

test('a page of HTML in place of an answer is told as such', async () => {
  server.fail('html', /GET .*\/myself/)
  expect(await troubleOf(open().self())).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('was not understood'),
  })
})
