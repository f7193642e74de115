import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewOffer, TakenRun } from '../../src/machines/machines.ts'
import { openSharedDatabase } from '../../src/machines/postgres/database.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { postgresMachines } from '../../src/machines/postgres/runs.ts'
import { ANNA } from '../support/home.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'
import { homeOfOne, memberOfTest } from './member-of-test.ts'

const SOON = { timeout: 30_000, interval: 50 }
const gate = '## Task 1: Gate\n**Requires Approval:** true\n**Run:** true\n'
const offerOf = (text: string, target: string): NewOffer => ({
  ...{ project: 'main', target, options: {}, by: ANNA, from: 'two' },
  files: [{ name: 'tasks/a.md', text }],
})

describe.skipIf(noPostgres !== undefined)(
  `a run that waits for a person for long${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let postgres: TestPostgres
    beforeAll(() => {
      postgres = startPostgres()
    }, 60_000)
    afterAll(() => postgres?.remove())

    it('lets another machine work on the project, and with the answer comes back to its own', async () => {
      const url = postgres.createDatabase()
      const database = await openSharedDatabase(url, 'two', () => undefined)
      const me = { name: 'two', labels: [], instance: 'two-1' }
      await createMembers(database).join({
        ...{ ...me, projects: ['main'], home: 'two', host: 'host', pid: 1, version: '1' },
      })
      const two = postgresMachines(database, me)
      const { app, said, errors, stop } = await memberOfTest(url, homeOfOne(), { parkMs: 300 })
      try {
        await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), SOON).toBe('2')
        const { id } = await two.offer(offerOf(gate, 'one'))
        const state = async () => (await two.find(id))?.state
        await expect.poll(state, SOON).toBe('parked')
        const [ask] = app.runner.api.view.openAsks()
        const meanwhile = await two.offer(offerOf('## Task 1: Next\n**Run:** true\n', 'two'))
        const taken = (await two.take({ free: ['main'], returning: [], mayStart: async () => true })) as TakenRun
        expect(taken.id).toBe(meanwhile.id)
        const target = { askId: ask?.id ?? '' }
        await app.runner.api.submit({ type: 'answer', target, choice: 'approve' }, ANNA, { queue: 'main' })
        await expect.poll(state, SOON).toBe('queued')
        // One at a time a project, also for who comes back.
        expect(app.runner.api.view.latestRun()?.endedAt).toBeUndefined()
        await two.finish(taken, { state: 'done', text: '', costUsd: 0, done: [] })
        await expect.poll(state, SOON).toBe('done')
        expect(await two.find(id)).toMatchObject({ machine: 'one', fence: 2, result: { text: '1 of 1 tasks done' } })
        expect([said, errors]).toEqual([[], []])
      } finally {
        await stop()
        await database.close()
      }
    }, 90_000)
  },
)
