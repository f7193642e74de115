import { afterEach, describe, expect, test } from 'vitest'
import type { MachinesPorts } from '../../src/http/machines/ports.ts'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'
import { type House, openHouse } from './house.ts'
import { PLANTED, serve } from './serve.ts'

const BY = { surface: 'telegram', id: '4711', name: 'Anna' } as const
const GATE = `## Task 1: Gate ${PLANTED}\n**Requires Approval:** true\n**Claude Instruction:**\nDo it.\n`

describe.skipIf(!hasBrowser())('the dashboard among several machines', () => {
  const it = useBrowsing()
  const closing: (() => Promise<unknown> | unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  /** A machine `studio` with a run that waits for its approval, and how another one reaches it. */
  const studio = async (): Promise<{
    house: House
    machines: MachinesPorts
    leave: () => void
    fallSilent: (since: number) => void
  }> => {
    let local: Parameters<MachinesPorts['serve']>[0] | undefined
    let isAway = false
    let silentSince: number | undefined
    const none = {
      ...{ others: () => [], changes: () => 0, follow: () => () => undefined },
      call: () => Promise.reject(new Error('away')),
    }
    const house = await openHouse()
    const served = await serve(house, {
      machines: {
        ...none,
        serve: (given) => {
          local = given
        },
      },
    })
    closing.push(
      () => house.close(),
      served.close,
      () => {
        local = undefined
      },
    )
    house.write('tasks/far.md', GATE)
    await house.api.submit({ type: 'start', files: ['tasks/far.md'] }, BY)
    const shown = () => local?.doing() ?? {}
    return {
      house,
      leave: () => {
        isAway = true
      },
      fallSilent: (since) => {
        silentSince = since
      },
      machines: {
        serve: () => undefined,
        others: () => [{ machine: 'studio', doing: shown(), ...(silentSince !== undefined && { silentSince }) }],
        changes: () => JSON.stringify(shown()).length,
        follow: () => () => undefined,
        call: async (machine, call) => {
          expect(machine).toBe('studio')
          if (!local || isAway) throw new Error('It serves nothing.')
          return local.answer(call)
        },
      },
    }
  }

  test('shows what another one does and asks, and takes the answer for it', async () => {
    const { house, machines } = await studio()
    await it.restart(undefined, { machines })
    await it.logIn()
    await it.page.locator('section', { hasText: 'On other machines' }).getByText('studio: ').waitFor()
    await it.page.getByRole('button', { name: 'Approve' }).first().click()
    await expect.poll(() => house.api.view.openAsks().length).toBe(0)
    const [ask] = house.api.view.asksOfRun(house.api.view.latestRun()?.id ?? '')
    expect(ask?.answer).toMatchObject({ choice: 'approve' })
    await it.page.goto(`${it.page.url().split('#')[0]}#/projects`)
    await it.page.getByRole('heading', { name: 'Projects' }).waitFor()
    await it.page.locator('section', { hasText: 'On other machines' }).getByText('studio: ').waitFor()
    await it.page.getByRole('link', { name: 'Board' }).first().click()
    await it.page.getByRole('button', { name: 'New task' }).first().waitFor()
    await it.page.locator('section', { hasText: 'On other machines' }).getByRole('link').click()
    await it.page.getByRole('heading', { name: /far/ }).waitFor()
  })

  test('passes on calls about its runs alone, to whoever may make them, and no secret comes with them', async () => {
    const { house, machines, leave } = await studio()
    const served = await serve(it.house, { machines })
    closing.push(served.close)
    const run = house.api.view.latestRun()?.id
    const { get, post } = served
    const detail = await get(`/api/status/${run}`)
    expect(detail.json).toMatchObject({ session_id: run, total_tasks: 1 })
    expect(detail.text).not.toContain(PLANTED)
    expect((await get(`/api/status/${run}`, { token: 'wrong' })).status).toBe(401)
    expect((await get('/api/status/nothing')).status).toBe(404)
    expect((await get('/api/projects')).json.elsewhere).toMatchObject([{ machine: 'studio', session_id: run }])
    const [ask] = (await get('/api/asks')).json.asks
    expect(ask).toMatchObject({ machine: 'studio' })
    expect((await post(`/api/asks/${ask.id}`, { answer: 5 })).status).toBe(400)
    for (const path of ['/api/commands', '/api/asks/../commands', '//elsewhere.example/api/asks/1'])
      expect((await machines.call('studio', { method: 'POST', path, body: {} })).status).toBe(403)
    leave()
    expect((await get(`/api/status/${run}`)).json).toMatchObject({ error: { code: 'machine-away' } })
  })

  test('passes on a command that names a run of another one, and leaves every other one here', async () => {
    const { house, machines } = await studio()
    const served = await serve(it.house, { machines })
    closing.push(served.close)
    it.house.write('tasks/near.md', GATE)
    await it.house.api.submit({ type: 'start', files: ['tasks/near.md'] }, BY)
    const phases = () =>
      [house, it.house].map(({ api: { view } }) => view.tasks(view.latestRun()?.id ?? '').map(({ status }) => status))
    await expect.poll(phases).toEqual([['waiting'], ['waiting']])
    const skip = { command: 'skip', task: 1, session_id: house.api.view.latestRun()?.id }
    expect((await served.post('/api/commands', skip, { token: 'wrong' })).status).toBe(401)
    expect(phases()).toEqual([['waiting'], ['waiting']])
    expect((await served.post('/api/commands', skip)).json).toMatchObject({ status: 'ok' })
    await expect.poll(phases).toEqual([['skipped'], ['waiting']])
    expect((await served.post('/api/commands', { command: 'skip', task: 1 })).status).toBe(200)
    await expect.poll(phases).toEqual([['skipped'], ['skipped']])
    // Also one that another machine passes on is only for a run of this one.
    const call = { method: 'POST', path: '/api/commands', body: { ...skip, session_id: 'nothing' } } as const
    expect((await machines.call('studio', call)).status).toBe(403)
  })

  test('skips a task of another one on its page, and not one of its own with the same number', async () => {
    const { house, machines } = await studio()
    await it.restart(undefined, { machines })
    it.house.write('tasks/near.md', GATE)
    await it.house.api.submit({ type: 'start', files: ['tasks/near.md'] }, BY)
    await it.logIn()
    await it.page.locator('section', { hasText: 'On other machines' }).getByRole('link').click()
    await it.page.getByRole('heading', { name: /far/ }).waitFor()
    await it.page.goto(`${it.page.url().split('#')[0]}#/run/${house.api.view.latestRun()?.id}/task/1`)
    await it.page.getByRole('button', { name: 'Skip' }).first().click()
    await it.page.getByRole('dialog').getByRole('button', { name: 'Skip' }).click()
    const statuses = ({ api: { view } }: House) => view.tasks(view.latestRun()?.id ?? '').map(({ status }) => status)
    await expect.poll(() => statuses(house)).toEqual(['skipped'])
    expect(statuses(it.house)).toEqual(['waiting'])
    // It would still ask the other one, which ends first.
    await it.page.goto('about:blank')
  })

  test('says since when nothing was heard of another one, and asks nothing in its name', async () => {
    const { house, machines, fallSilent } = await studio()
    const since = Date.UTC(2026, 10, 27, 12)
    fallSilent(since)
    await it.restart(undefined, { machines })
    await it.logIn()
    await it.page.getByText(/Nothing heard of studio since/).waitFor()
    const served = await serve(it.house, { machines })
    closing.push(served.close)
    const silent = new Date(since).toISOString()
    const [first] = (await served.get('/api/sessions')).json.sessions
    expect(first).toMatchObject({ machine: 'studio', machine_silent_since: silent })
    expect((await served.get('/api/asks')).json.asks).toEqual([])
    const away = await served.get(`/api/status/${house.api.view.latestRun()?.id}`)
    expect(away.json).toMatchObject({
      error: { code: 'machine-away', message: `studio has it, and was last heard of at ${silent}.` },
    })
  })
})
