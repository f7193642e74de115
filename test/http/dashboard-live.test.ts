import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { NOT_THERE, useBrowsing } from './browsing.ts'
import { DEAF, FOLLOW_AND_FAIL } from './in-page.ts'

const ben = { surface: 'telegram', id: '4712', name: 'Ben' } as const

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  const it = useBrowsing()
  const runId = () => it.house.api.view.latestRun()?.id ?? ''
  const heading = (name: string | RegExp) => it.page.getByRole('heading', { name }).first().waitFor()
  const connection = (word: string) => it.page.locator('.connection', { hasText: word }).waitFor()
  const row = (title: string, status: string) =>
    it.page.locator('.task-row', { hasText: title }).getByText(status, { exact: true }).waitFor()
  const open = async (hash = '#/') => {
    await it.onlyHears()
    await it.logIn()
    await it.page.goto(`${it.served.url}/${hash}`)
    await connection('live')
  }

  describe('is told of everything, without ever looking:', () => {
    test('a first run, whose first word comes before the page knows of the run', async () => {
      await open()
      await heading('No runs yet')
      const held = Promise.withResolvers<void>()
      const asked = Promise.withResolvers<void>()
      await it.page.route('**/api/overview*', async (route) => {
        asked.resolve()
        await held.promise
        await route.continue()
      })
      await it.start()
      await asked.promise
      it.house.begin('09:00:00 Looking around.')
      // Events after it on the same line: what came before them has arrived.
      it.house.emit('begun')
      await it.page.getByText('begun').waitFor()
      held.resolve()
      await heading('tasks/today.md')
      await heading('Task 1: Add a login endpoint')
      await it.page.getByText('Looking around.').waitFor()
      const live = it.house.feed.current()[0]
      if (live) it.house.feed.set({ ...live, activity: 'editing src/login.ts' })
      await it.page.getByText('editing src/login.ts').waitFor()
      await connection('live')
    })

    test('every state of a task and its run, on the first page', async () => {
      await open()
      await it.start()
      await row('Add a login endpoint', 'queued')
      it.house.begin()
      await row('Add a login endpoint', 'running')
      it.house.ask()
      await heading('Run a command')
      await row('Add a login endpoint', 'waiting')
      const [ask] = it.house.api.view.openAsks()
      await it.house.api.submit({ type: 'answer', target: { askId: ask?.id as string }, choice: 'allow' }, ben)
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      await row('Add a login endpoint', 'running')
      await it.house.api.submit({ type: 'pause', afterTask: true }, ben)
      await it.page.locator('.notice', { hasText: 'Ben' }).waitFor()
      await it.house.api.submit({ type: 'resume' }, ben)
      await it.page.locator('.notice').waitFor({ state: 'hidden' })
      it.house.end({ kind: 'failed', text: 'npm test failed' })
      await it.page.locator('.ask[data-kind="failure"]').waitFor()
      await it.house.api.submit({ type: 'skip', task: 1 }, ben)
      await row('Add a login endpoint', 'skipped')
      await it.page.locator('.ask[data-kind="approval"]').waitFor()
      await it.house.api.submit({ type: 'stop' }, ben)
      await it.page.locator('.page-head .chip', { hasText: 'stopped' }).waitFor()
    })

    test('on the other pages, too, which begin empty', async () => {
      await open('#/queue')
      await heading('No tasks')
      await it.start()
      await row('Add a login endpoint', 'queued')
      it.house.begin()
      await row('Add a login endpoint', 'running')

      await it.page.goto(`${it.served.url}/#/run/${runId()}/task/1`)
      await it.page.locator('.page-head .chip', { hasText: 'running' }).waitFor()
      it.house.log('09:00:05 → Edit src/login.ts\n')
      await it.page.locator('.entry.call', { hasText: 'Edit src/login.ts' }).waitFor()
      it.house.end()
      await it.page.locator('.page-head .chip', { hasText: 'done' }).waitFor()

      await it.page.goto(`${it.served.url}/#/history`)
      await it.page.getByText('1 of 2 done').waitFor()
      await it.page.locator('.runs a').focus()
      await it.house.api.submit({ type: 'stop' }, ben)
      await it.page.locator('.runs .chip', { hasText: 'stopped' }).waitFor()
      await it.start()
      await expect.poll(() => it.page.locator('.runs li').count()).toBe(2)

      await it.page.goto(`${it.served.url}/#/cost`)
      await it.page.locator('.figures', { hasText: '$0.25' }).waitFor()
      it.house.begin()
      it.house.end({ sessionCostUsd: 0.5 })
      await it.page.locator('.figures', { hasText: '$0.75' }).waitFor()

      await it.page.goto(`${it.served.url}/#/queue`)
      await it.page.getByText('2 in all').waitFor()
      await it.house.api.submit({ type: 'stop' }, ben)
      it.house.write('tasks/other.md', '## Task 1: Another thing\n**Claude Instruction:**\nDo.\n')
      await it.house.api.submit({ type: 'start', files: ['tasks/other.md'] }, ben)
      await row('Another thing', 'queued')
    })

    test('that the worker died, which is no event', async () => {
      const health = { worker: 'ok' as 'ok' | 'dead' }
      await it.restart(undefined, { health: () => health })
      await open()
      health.worker = 'dead'
      await connection('worker is down')
      health.worker = 'ok'
      await connection('live')
    })
  })

  describe('comes back after a restart of the daemon', () => {
    test('to what happened meanwhile, on each page', async () => {
      await it.start()
      it.house.begin()
      await open()
      await it.restart(() => it.house.ask())
      await heading('Run a command')

      await it.page.goto(`${it.served.url}/#/run/${runId()}/task/1`)
      await it.page.locator('.page-head .chip', { hasText: 'waiting' }).waitFor()
      const [ask] = it.house.api.view.openAsks()
      const answer = { type: 'answer', target: { askId: ask?.id as string }, choice: 'allow' } as const
      await it.restart(() => it.house.api.submit(answer, ben))
      await it.page.locator('.page-head .chip', { hasText: 'running' }).waitFor()

      await it.page.goto(`${it.served.url}/#/queue`)
      await row('Add a login endpoint', 'running')
      await it.restart(() => it.house.end())
      await row('Add a login endpoint', 'done')

      await it.page.goto(`${it.served.url}/#/history`)
      await it.page.getByText('1 of 2 done').waitFor()
      await it.restart(() => it.house.api.submit({ type: 'stop' }, ben))
      await it.page.locator('.runs .chip', { hasText: 'stopped' }).waitFor()
    })

    test('trying every second, however long it was away', async () => {
      it.expectComplaint(NOT_THERE)
      await it.page.clock.install()
      await it.logIn()
      await connection('live')
      let tries = 0
      it.page.on('requestfailed', (request) => {
        if (request.url().endsWith('/api/events')) tries++
      })
      await it.restart(async () => {
        await connection('reconnecting')
        for (let second = 0; second < 12; second++) {
          const before = tries
          await it.page.clock.runFor(1_000)
          await expect.poll(() => tries).toBeGreaterThan(before)
        }
      })
      await it.page.clock.runFor(1_000)
      await connection('live')
    })

    test('and loads a page that could not be loaded meanwhile', async () => {
      await it.start()
      await open()
      await it.restart(async () => {
        await it.page.goto(`${it.served.url}/#/history`)
        await heading('This page could not be loaded')
      })
      await it.page.getByText('0 of 2 done').waitFor()
    })
  })

  describe('does not go deaf', () => {
    test('when whoever listens fails: the stream is read on, and the mistake is reported', async () => {
      await it.start()
      await it.logIn()
      await it.page.evaluate(FOLLOW_AND_FAIL)
      const heard = () => it.page.evaluate('window.heard')
      await expect.poll(heard).toContain('open')
      it.house.begin()
      it.house.emit('a first thing')
      await expect.poll(heard).toContain('a first thing')
      await it.restart(() => it.house.emit('a second thing'))
      await expect.poll(heard).toContain('a second thing')
      it.house.emit('a third thing')
      await expect.poll(heard).toContain('a third thing')
      await expect.poll(heard).toEqual(expect.arrayContaining(['open', 'away', 'starting']))
      expect(new Set(it.complaints)).toEqual(new Set(['error: planted']))
      it.complaints = []
    })

    test('on a line that is dead and does not say so', async () => {
      await it.start()
      await it.page.clock.install()
      await it.context.addInitScript(DEAF)
      await it.logIn()
      await connection('live')
      it.house.emit('nobody heard this')
      // One look, and a moment: less than it takes to find out by the silence alone.
      await it.page.clock.runFor(20_000)
      let leftMs = 4_000
      const isShown = async () => {
        if (leftMs > 0) await it.page.clock.runFor(500)
        leftMs -= 500
        return it.page.getByText('nobody heard this').count()
      }
      await expect.poll(isShown, { timeout: 12_000 }).toBe(1)
    })

    test('when a look fails: it is taken again', async () => {
      await it.start()
      await open()
      let failed = 0
      await it.page.route('**/api/overview*', (route) => (failed++ < 2 ? route.abort() : route.continue()))
      it.expectComplaint(NOT_THERE)
      it.house.begin()
      await row('Add a login endpoint', 'running')
    })
  })
})
