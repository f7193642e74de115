import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { isTrouble } from '../../src/github/errors.ts'
import { isOwnComment, say } from '../../src/github/say.ts'
import { clientOf, freshDatabase } from '../support/github/client.ts'
import type { Trouble } from '../support/github/faults.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'

let server: GitHubServer
let repo: RepoHands
beforeAll(async () => {
  server = await startGitHub()
  repo = server.repo(name, { people: { 'baton-bot': 'write' } })
})
afterAll(() => server.close())
afterEach(() => server.faults.clear())

const name = 'acme/app'
function world() {
  const { number } = repo.open('acme', { title: 'One' })
  return { number, token: server.token('baton-bot'), db: freshDatabase() }
}

test('a comment is made once, and edited from then on', async () => {
  const { number, token, db } = world()
  const open = () => clientOf(server, { repo: name, token, db })
  await say(open(), { issue: number, key: 'issue/1', body: 'Working.' })
  await say(open(), { issue: number, key: 'issue/1', body: 'Working.' })
  await say(open(), { issue: number, key: 'issue/1', body: 'Done.' })
  expect(repo.said(number, 'baton-bot')).toEqual(['Done.\n\n<!-- baton:issue/1 -->'])
  await say(open(), { issue: number, key: 'ask/2', body: 'A question' })
  expect(repo.said(number, 'baton-bot')).toHaveLength(2)
})

test('a mark that somebody else wrote is not taken for its own', async () => {
  const { number, token, db } = world()
  repo.comment(number, 'mallory', 'Look: <!-- baton:issue/1 -->')
  const open = clientOf(server, { repo: name, token, db })
  open.state.writes.begin(`comment:${number}:issue/1`)
  await say(open, { issue: number, key: 'issue/1', body: 'Working.' })
  expect(repo.said(number, 'baton-bot')).toHaveLength(1)
  const [theirs, ours] = repo.row.comments.filter(({ issue }) => issue === number)
  expect(await isOwnComment(open.github, { user: theirs?.author ?? null, body: theirs?.body })).toBe(false)
  expect(await isOwnComment(open.github, { user: ours?.author ?? null, body: ours?.body })).toBe(true)
})

test('a comment that somebody deleted is not written again', async () => {
  const { number, token, db } = world()
  const open = clientOf(server, { repo: name, token, db })
  await say(open, { issue: number, key: 'issue/1', body: 'Working.' })
  repo.row.comments = repo.row.comments.filter(({ issue }) => issue !== number)
  await say(open, { issue: number, key: 'issue/1', body: 'Done.' })
  expect(repo.said(number, 'baton-bot')).toEqual([])
})

/** Answers that are lost, requests that are lost, limits and refusals, with a kill after any of them. */
const troubles: fc.Arbitrary<Trouble | undefined> = fc.constantFrom(
  undefined,
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', code: 502, when: 'before' },
  { kind: 'status', code: 502, when: 'after' },
  { kind: 'secondary', retryAfterS: 1 },
  { kind: 'forbidden' },
)

test('whatever goes wrong, there is one comment in the end and never a second', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(troubles, { maxLength: 5 }), async (bad) => {
      const { number, token, db } = world()
      let now = 0
      for (const trouble of [...bad, undefined]) {
        server.faults.clear()
        if (trouble) server.faults.add(/POST .*comments/, trouble)
        now += 3_600_000
        // Each try is by a process that has just started.
        await say(clientOf(server, { repo: name, token, db, now: () => now }), {
          issue: number,
          key: 'k',
          body: 'Hi',
        }).catch((error) => {
          if (!isTrouble(error)) throw error
        })
        expect(repo.said(number, 'baton-bot').length).toBeLessThanOrEqual(1)
      }
      expect(repo.said(number, 'baton-bot')).toEqual(['Hi\n\n<!-- baton:k -->'])
    }),
    { numRuns: 40 },
  )
})
