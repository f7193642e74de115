import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { push } from '../../src/git/commit/push.ts'
import { locate } from '../../src/git/repository.ts'
import type { TakenRun } from '../../src/machines/machines.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { postgresMachines } from '../../src/machines/postgres/runs.ts'
import { ANNA, type Home } from '../support/home.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'
import { homeOfOne, memberOfTest, ONE } from './member-of-test.ts'

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
    const strand = async (
      prepare: (home: Home, offer: string) => Promise<string> = async () => '',
      text = TWO_TASKS,
    ) => {
      const url = postgres.createDatabase()
      const database = await postgres.connect(url, 'two')
      const me = { name: 'two', labels: [], instance: 'two-1' }
      const members = createMembers(database)
      await members.join({ ...me, projects: ['main'], home: 'two', host: 'host', pid: 1, version: '1' })
      const two = postgresMachines(database, me)
      const { id } = await two.offer({
        ...{ project: 'main', target: 'any', options: {}, by: ANNA, from: 'two' },
        files: [{ name: 'tasks/a.md', text }],
      })
      const held = (await two.take({ free: ['main'], returning: [], mayStart: async () => true })) as TakenRun
      await two.park(held)
      postgres.query(url, "UPDATE baton.machine SET seen = now() - interval '12 minutes'")
      const home = homeOfOne()
      const more = await prepare(home, id)
      home.write('config.yaml', ONE + more)
      const { app, said, errors, again, stop } = await memberOfTest(url, home)
      over.push(async () => {
        await stop()
        expect([said, errors]).toEqual([[], []])
      })
      const asks = () => app.runner.api.view.openAsks()
      await expect.poll(asks, SOON).toHaveLength(1)
      const [ask] = asks()
      return {
        ...{ url, two, id, held, app, asks, home, again },
        back: () => members.pulse(me),
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
      const { view } = app.runner.api
      expect(view.latestRun()).toMatchObject({ files: ['tasks/a.md'], status: 'waiting' })
      expect(view.tasks(view.latestRun()?.id ?? '').map(({ where }) => where)).toEqual(['tasks/a.md:1', 'tasks/a.md:4'])
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

    it('starts from what that machine has pushed, and does not do it again', async () => {
      let tip = ''
      const worktrees = 'workspace: worktree\npush: true\n'
      const { two, id, decide, app, home } = await strand(async (home, run) => {
        home.write('tasks/tasks.md', '# Nothing\n')
        home.write('config.yaml', ONE + worktrees)
        home.repository()
        const remote = mkdtempSync(join(tmpdir(), 'baton-remote-'))
        onTestFinished(() => rmSync(remote, { recursive: true, force: true }))
        home.git('init', '-q', '--bare', '-b', 'main', remote)
        home.git('remote', 'add', 'origin', remote)
        home.git('push', '-q', 'origin', 'main')
        home.git('clone', '-q', remote, join(remote, 'two'))
        const there = await locate(join(remote, 'two'))
        if ('reason' in there) throw new Error(there.reason)
        const git = (...args: string[]) => home.git('-C', join(remote, 'two'), ...args)
        git('checkout', '-q', '-b', 'baton/a/merged')
        writeFileSync(join(remote, 'two/one.txt'), 'one')
        git('add', '-A')
        git('commit', '-qm', 'First')
        tip = git('rev-parse', 'HEAD').trim()
        await push(there.repository, 'baton/a/merged', { run, number: 1, done: [1] })
        return worktrees
      }, '## Task 1: First\n**Run:** false\n\n## Task 2: Second\n**Run:** test -f one.txt\n**Depends On:** 1\n')
      await decide('approve')
      await expect.poll(async () => (await two.find(id))?.state, SOON).toBe('done')
      const done = (await two.find(id))?.result?.done.map(({ file, ref }) => ({ file, ref }))
      expect(done).toEqual([
        { file: 0, ref: 'Task 1' },
        { file: 0, ref: 'Task 2' },
      ])
      const [run] = app.store.read.runs({ limit: 1 })
      expect(home.git('merge-base', tip, `baton/${run?.id}/merged`).trim()).toBe(tip)
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
