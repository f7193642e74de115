import { describe, expect, test } from 'vitest'
import { complaintsOf } from './axe.ts'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'
import { PLANTED } from './serve.ts'

const BY = { surface: 'telegram', id: '4711', name: 'Anna' } as const
const PROOF = { checks: [], files: [{ path: 'package.json', change: 'M' as const, added: 3, deleted: 1 }] }

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  const it = useBrowsing()

  /** A run of two tasks: one changes a file, one fails and is skipped when `finish` is called. */
  const begin = async () => {
    const task = (number: number, title: string) => `## Task ${number}: ${title}\n**Claude Instruction:**\nDo it.\n`
    it.house.write('tasks/two.md', `${task(1, `<b>Mail</b> ${PLANTED}`)}\n${task(2, 'Docs')}`)
    await it.house.api.submit({ type: 'start', files: ['tasks/two.md'] }, BY)
    it.house.begin()
    it.house.end({ sessionCostUsd: 0.25 }, PROOF)
    it.house.begin()
    it.house.end({ kind: 'failed', text: 'The build breaks.' })
  }
  const finish = () => {
    const [ask] = it.house.api.view.openAsks()
    return it.house.api.submit({ type: 'answer', target: { askId: ask?.id ?? '' }, choice: 'skip' }, BY)
  }
  const addressOf = (run: string | undefined) => `/api/sessions/${run}/summary`

  test('shows what a run came to on its page as soon as it has ended', async () => {
    await begin()
    const run = it.house.api.view.latestRun()?.id
    const { get } = it.served
    expect((await get(addressOf(run))).json).toEqual({ parts: [], landed_tasks: 0 })
    expect((await get(addressOf('none'))).status).toBe(404)
    await it.renew({ reducedMotion: 'reduce' })
    await it.logIn()
    await it.page.goto(`${it.served.url}/#/run/${run}`)
    // The first page has rows of tasks, too.
    await it.page.getByLabel('Search the tasks').waitFor()
    await it.page.locator('.task-row', { hasText: 'Docs' }).waitFor()
    const card = it.page.locator('section[aria-label="Summary"]')
    expect(await card.isVisible()).toBe(false)

    await finish()
    await card.waitFor()
    expect(await card.locator('h3').allInnerTexts()).toEqual(['Changed', 'Decided', 'Look at', 'Cost', 'Next'])
    const lines = await card.locator('li').allInnerTexts()
    expect(lines).toEqual([
      '1 · <b>Mail</b> [redacted]: 1 file +3 -1',
      expect.stringMatching(/^2 · .* → Skipped by Anna \(Telegram\)/),
      '1 · a sensitive file: package.json',
      '1 · no checks were run',
      '$0.50',
      'Retry task 2 · Docs was skipped',
    ])
    const { parts } = (await get(addressOf(run))).json as { parts: { lines: string[] }[] }
    expect(parts.flatMap((part) => part.lines)).toEqual(lines)
    expect(await complaintsOf(it.page)).toEqual([])
  })

  test('has a button that brings the merged work of a run to the branch', async () => {
    Object.assign(it.house.policy, { workspace: 'worktree', lanes: 2 })
    const files = ['tasks/two.md']
    it.house.write(
      'tasks/two.md',
      [1, 2].map((n) => `## Task ${n}: Part ${n}\n**Claude Instruction:**\nDo it.\n`).join('\n'),
    )
    await it.house.api.submit({ type: 'start', files }, BY)
    for (const number of [1, 2]) {
      const { taskId } = it.house.begin()
      const branch = `baton/x/${number}`
      it.house.dispatcher.apply({ type: 'opened', taskId, branch, worktree: '/w' })
      it.house.end()
      it.house.dispatcher.apply({ type: 'landed', taskId, landing: { kind: 'landed', commit: 'c'.repeat(40) } })
    }
    const run = it.house.api.view.latestRun()?.id
    await it.logIn()
    await it.page.goto(`${it.served.url}/#/run/${run}`)
    const card = it.page.locator('section[aria-label="Summary"]')
    await card.waitFor()
    expect(await card.locator('li').allInnerTexts()).toContain('Land brings the merged work of 2 tasks to your branch')
    const asked = it.page.waitForRequest((request) => request.url().endsWith('/api/commands'))
    await card.getByRole('button', { name: 'Land 2 tasks' }).click()
    expect((await asked).postDataJSON()).toMatchObject({ command: 'land', session_id: run })
    await it.page.locator('#said', { hasText: 'Landed.' }).waitFor()
    expect(await complaintsOf(it.page)).toEqual([])
  })

  test('says on an ask until when it is snoozed, wherever that was said', async () => {
    await it.start()
    it.house.begin()
    it.house.ask()
    const [ask] = it.house.api.view.openAsks()
    await it.logIn()
    const line = it.page.locator('.ask .snoozed')
    await it.page.locator('.ask').waitFor()
    expect(await line.isVisible()).toBe(false)
    const { get, post } = it.served
    expect((await get(`/api/asks/${ask?.id}`)).json).toMatchObject({ snoozed: null })

    await post('/api/commands', { command: 'snooze', task: 1, for: '2h' })
    await line.waitFor()
    expect(await line.innerText()).toMatch(/^Snoozed until .*\d{1,2}:\d\d.* by /)
    expect(await complaintsOf(it.page)).toEqual([])
    const until = it.house.api.view.openAsks()[0]?.snoozed?.until ?? 0
    const { snoozed } = (await get(`/api/asks/${ask?.id}`)).json as { snoozed: { until: string } }
    expect(new Date(snoozed.until).getTime()).toBe(until)
    const { asks } = (await get('/api/overview')).json as { asks: { snoozed: unknown }[] }
    expect(asks[0]?.snoozed).toEqual(snoozed)
  })
})
