import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isTrouble } from '../../../src/github/errors.ts'
import { openProjectGitHub } from '../../../src/sources/github/open.ts'
import { createGitHubState } from '../../../src/store/github-state.ts'
import { freshDatabase } from '../../support/github/client.ts'
import type { Trouble } from '../../support/github/faults.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import { type IssueWorld, issueWorld } from './world.ts'

let server: GitHubServer
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

/** Writes that can be struck, each in every way. */
const WRITES = {
  reaction: /POST .*\/reactions/,
  comment: /POST .*\/comments/,
  label: /DELETE .*\/labels/,
  pull: /POST .*\/pulls$/,
}
const TROUBLES: Trouble[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', code: 502, when: 'before' },
  { kind: 'status', code: 502, when: 'after' },
  { kind: 'forbidden' },
  { kind: 'secondary', retryAfterS: 1 },
]

type Step =
  | { do: 'round' }
  | { do: 'restart' }
  | { do: 'fault'; on: keyof typeof WRITES | 'read'; trouble: Trouble }
  | { do: 'label' | 'unlabel' | 'touch' | 'comment' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'round' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'restart' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      on: fc.constantFrom<keyof typeof WRITES | 'read'>('reaction', 'comment', 'label', 'read'),
      trouble: fc.constantFrom(...TROUBLES),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'touch' }, { do: 'comment' }) },
)

describe('an issue is taken up once', () => {
  test('whatever is lost, doubled or cut off on the way', async () => {
    const name = 'acme/once'
    const repo = server.repo(name, { people: { wendy: 'write', 'baton-bot': 'write' } })
    const token = server.token('baton-bot')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        server.faults.clear()
        const { number } = repo.open('wendy', { title: 'Add a', body: 'Do it.', labels: ['ready'] })
        for (const one of repo.row.issues.values()) if (one.number !== number) one.state = 'closed'
        const db = freshDatabase()
        // What is queued outlives a restart, as the inbox does: the same key does nothing a second time.
        const runs = new Map<string, string>()
        const keys = new Set<string>()
        let now = Date.now()
        const open = async () => {
          const state = createGitHubState(db, name, () => now)
          const gitHub = openProjectGitHub({
            project: { name: 'main', path: '/nonexistent', budget: {}, approval: {} as never },
            // No pull request is looked at here.
            programs: async () => ({}) as never,
            config: {
              ...{ repo: name, label: 'ready', branch: 'feature/issue-{number}', review: 'none', bots: [], pollMs: 1 },
              merge: { command: '/merge', method: 'squash', checks: [], ci: true, waitMs: 0 },
            },
            ...{ home: '/nonexistent', access: { token, apiUrl: server.apiUrl, version: '0', spaced: false } },
            ...{ env: {}, state, now: () => now, redact: (text) => text, stopping: new AbortController().signal },
          })
          const view = {
            run: (id: string) => (runs.has(id) ? { id } : undefined),
            status: () => ({ todayUsd: 0 }),
            tasks: (id: string) => (runs.has(id) ? [{ id: 't', status: 'running' }] : []),
            asksOfRun: () => [],
          }
          const submit = async (command: { type: string; runId?: string }, _: unknown, options?: { key?: string }) => {
            expect(command.type).toBe('start')
            if (!keys.has(options?.key ?? '')) runs.set(command.runId ?? '', 'open')
            keys.add(options?.key ?? '')
            return { ok: true, text: '' }
          }
          const onError = (error: unknown) => {
            if (!isTrouble(error)) throw error
          }
          return gitHub.rounds({
            api: { submit, view } as never,
            note: () => undefined,
            spent: async () => undefined,
            onError,
          })
        }
        let rounds = await open()
        const round = () =>
          rounds.once().catch((error) => {
            if (!isTrouble(error) && !/does not say/.test(String(error))) throw error
          })
        for (const one of steps) {
          if (one.do === 'round') await round()
          else if (one.do === 'restart') rounds = await open()
          else if (one.do === 'fault') server.faults.add(one.on === 'read' ? /GET/ : WRITES[one.on], one.trouble)
          else if (one.do === 'touch') repo.edit(number, {})
          else repo.comment(number, 'wendy', 'A word')
          now += 120_000
          expect(runs.size).toBeLessThanOrEqual(1)
        }
        server.faults.clear()
        for (let n = 0; n < 2; n++) {
          now += 7_200_000
          await round()
        }
        expect(runs.size).toBe(1)
        expect(repo.said(number, 'baton-bot')).toHaveLength(1)
        expect(repo.row.reactions.filter(({ on }) => on === `issue:${number}`)).toHaveLength(1)
        expect(repo.issue(number).labels).toEqual([])
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

describe('a pull request is opened once', () => {
  let world: IssueWorld
  test.each(TROUBLES.slice(0, 3).map((trouble) => [JSON.stringify(trouble), trouble] as const))(
    'with %s on the way, and a restart',
    async (_, trouble) => {
      world = issueWorld(server)
      try {
        const { repo } = world
        const baton = await world.open()
        const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
        server.faults.add(WRITES.pull, trouble)
        await baton.rounds.once()
        await baton.event('task.merging')
        // Cut off while it waits, or just after: the next process looks before it writes.
        await baton.runner.stop()
        const again = await world.open()
        await again.settle()
        const pulls = [...repo.row.issues.values()].filter(({ pull }) => pull)
        expect(pulls).toHaveLength(1)
        expect(repo.said(number, 'baton-bot').at(-1)).toContain(`#${pulls[0]?.number}`)
      } finally {
        server.faults.clear()
        await world.close()
      }
    },
  )
})
