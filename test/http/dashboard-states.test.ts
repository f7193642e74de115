import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'

const ben = { surface: 'telegram', id: '4712', name: 'Ben' } as const

describe.skipIf(!hasBrowser())('what the dashboard says of a task that stands still', () => {
  const it = useBrowsing()
  const words = () => it.page.locator('.live .activity')

  test('a limit is not a question, a question is one, and each figure is there at once', async () => {
    await it.start()
    it.house.begin()
    it.house.end({ kind: 'limit', resetsAt: it.house.now() + 3_600_000, limitType: 'five_hour' })
    await it.logIn()
    await words().waitFor()
    expect(await words().textContent()).toBe("waiting: Claude's 5-hour limit")
    for (const figure of await it.page.locator('.figures dd').allTextContents()) expect(figure).not.toBe('')
    await it.house.api.submit({ type: 'resume' }, ben)
    it.house.wait(3_700_000)
    it.house.dispatcher.apply({ type: 'tick' })
    it.house.begin()
    it.house.ask()
    await expect.poll(() => words().textContent()).toBe('waiting for your answer')
    await it.page.getByRole('heading', { name: 'Run a command?', exact: true }).waitFor()
    await it.house.api.submit({ type: 'pause' }, ben)
    await expect.poll(() => words().textContent()).toBe('waiting for your answer')
  })

  test('a column for merging is there for branches only, and no column claims to be empty before it knows', async () => {
    await it.start()
    it.house.begin()
    await it.logIn()
    const { promise: loads, resolve: load } = Promise.withResolvers<void>()
    await it.page.route('**/api/sessions/*/tasks?*', async (route) => {
      await loads
      await route.continue()
    })
    await it.page.goto(`${it.served.url}/#/board`)
    // While this waits, nobody knows what is in the columns.
    await it.page.locator('.column').first().waitFor()
    expect(await it.page.locator('.column .nothing:visible').count()).toBe(0)
    expect(await it.page.locator('.column h2').first().textContent()).toBe('Queued ')
    load()
    await it.page.locator('.column-running .task-card').waitFor()
    await it.page.locator('.column-waiting .nothing').waitFor()
    expect(await it.page.locator('.column-merging').isVisible()).toBe(false)
    expect(await it.page.getByRole('button', { name: /^Merging/ }).count()).toBe(0)
    Object.assign(it.house.policy, { workspace: 'worktree' })
    it.house.end()
    await it.page.locator('.column-merging .task-card').waitFor()
  })

  test('the page of a run that is over leads to what it changed', async () => {
    await it.start()
    it.house.begin()
    it.house.end()
    await it.house.api.submit({ type: 'stop' }, ben)
    await it.logIn()
    await it.page.getByRole('link', { name: 'What it changed and what to look at' }).click()
    await expect.poll(() => new URL(it.page.url()).hash).toMatch(/^#\/run\//)
  })
})
