import { afterEach, describe, expect, it } from 'vitest'
import type { TakenRun } from '../../src/machines/machines.ts'
import { startMember } from '../../src/machines/member.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { postgresMachines } from '../../src/machines/postgres/runs.ts'
import { ANNA } from '../support/home.ts'
import { homeOfTest } from '../support/home-of-test.ts'
import { noPostgres } from '../support/postgres.ts'
import { openRehearsedApp } from '../support/rehearsed-app.ts'
import { postgresOfTests } from './databases.ts'

const SOON = { timeout: 30_000, interval: 50 }
const TWO_TASKS = '## Task 1: First\n**Run:** true\n\n## Task 2: Second\n**Run:** true\n'

describe.skipIf(noPostgres !== undefined)(
  `a run whose machine is gone${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    const postgres = postgresOfTests()
    const over: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const end of over.splice(0).reverse()) await end()
    })

    /** `two` has parked a run and has not been heard of for twelve minutes; `one` begins to look. */
    const strand = async () => {
      const url = postgres.createDatabase()
      const database = await postgres.connect(url, 'two')
      const me = { name: 'two', labels: [], instance: 'two-1' }
      const members = createMembers(database)
      await members.join({ ...me, projects: ['main'], home: 'two', host: 'host', pid: 1, version: '1' })
      const two = postgresMachines(database, me)
      const { id } = await two.offer({
        ...{ project: 'main', target: 'any', options: {}, by: ANNA, from: 'two' },
        files: [{ name: 'tasks/a.md', text: TWO_TASKS }],
      })
      const held = (await two.take({ free: ['main'], returning: [], mayStart: async () => true })) as TakenRun
      await two.park(held)
      postgres.query(url, "UPDATE baton.machine SET seen = now() - interval '12 minutes'")
      const home = homeOfTest('# Nothing\n')
      home.write('config.yaml', 'machine: {name: one}\nhttp: {enabled: false}\n')
      const errors: unknown[] = []
      const said: string[] = []
      const { app, config } = await openRehearsedApp(home.dir, { errors })
      app.runner.begin()
      const begin = () =>
        startMember({
          ...{ url, config, version: '1', runner: app.runner, store: app.store },
          ...{ onTrouble: (text) => said.push(text), onError: (error) => errors.push(error) },
        })
      let member = begin()
      over.push(async () => {
        await member.stop()
        await app.runner.stop()
        expect([said, errors]).toEqual([[], []])
      })
      const asks = () => app.runner.api.view.openAsks()
      await expect.poll(asks, SOON).toHaveLength(1)
      const [ask] = asks()
      return {
        ...{ url, two, id, held, app, asks, home },
        back: () => members.pulse(me),
        again: async () => {
          await member.stop()
          member = begin()
        },
        decide: (choice: 'approve' | 'reject') =>
          app.runner.api.submit({ type: 'answer', target: { askId: ask?.id ?? '' }, choice }, ANNA, { queue: 'main' }),
      }
    }

    it('is started again elsewhere when a person says so, and not before', async () => {
      const { two, id, held, asks, decide, back, app, home, url } = await strand()
      expect(asks()[0]).toMatchObject({
        about: 'machine',
        options: [{ label: 'Start again on one' }, { label: 'Give up' }],
      })
      expect(asks()[0]?.text).toMatch(/^two was working on 2 tasks of this run .* Nothing was heard of it since /)
      // Another run of the project is worked on meanwhile, the ask notwithstanding.
      home.write('tasks/own.md', '## Task 1: Own\n**Run:** true\n')
      await app.runner.api.submit({ type: 'start', files: ['tasks/own.md'] }, ANNA, { queue: 'main' })
      await expect
        .poll(
          () =>
            app.store.read
              .runs({ limit: 9 })
              .map(({ state }) => state)
              .sort(),
          SOON,
        )
        .toEqual(['done', 'open'])
      expect(await two.find(id)).toMatchObject({ state: 'parked', machine: 'two', fence: 1 })
      expect(await decide('approve')).toMatchObject({ ok: true })
      await expect.poll(async () => (await two.find(id))?.state, SOON).toBe('done')
      expect(await two.find(id)).toMatchObject({ machine: 'one', fence: 2, result: { text: '2 of 2 tasks done' } })
      await back()
      expect(await two.unpark(held)).toBe(false)
      expect(await two.renew(held)).toBe('lost')
      expect(
        postgres.query(url, "SELECT count(*) FROM baton_jobs.job WHERE state < 'completed' AND name = 'runs'"),
      ).toBe('0')
    }, 90_000)

    it('is no longer asked about when that is back, also after a restart', async () => {
      const { two, id, held, asks, back, again, app } = await strand()
      await again()
      expect(asks()).toHaveLength(1)
      await back()
      await expect.poll(asks, SOON).toHaveLength(0)
      const [run] = app.store.read.runs({ limit: 1 })
      expect(run).toMatchObject({ state: 'stopped', reason: 'two is back and has this run.' })
      expect(await two.unpark(held)).toBe(true)
      expect(await two.find(id)).toMatchObject({ state: 'queued', fence: 1 })
    }, 90_000)

    it('ends everywhere when a person gives it up', async () => {
      const { two, id, held, decide, back } = await strand()
      await decide('reject')
      await expect.poll(async () => (await two.find(id))?.state, SOON).toBe('stopped')
      expect((await two.find(id))?.result?.text).toBe('given up by anna (terminal)')
      await back()
      expect(await two.renew(held)).toBe('lost')
    }, 90_000)
  },
)
