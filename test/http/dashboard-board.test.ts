import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { useBrowsing } from './browsing.ts'

const ben = { surface: 'telegram', id: '4712', name: 'Ben' } as const

/** A file of so many tasks; some depend on others. */
const file = (count: number, more: Record<number, string> = {}) =>
  Array.from(
    { length: count },
    (_, i) => `## Task ${i + 1}: Chore ${i + 1}\n${more[i + 1] ?? ''}**Claude Instruction:**\nDo it.\n`,
  ).join('\n')

describe.skipIf(!hasBrowser())('the board in a browser', () => {
  const it = useBrowsing()
  const column = (name: string) => it.page.locator(`.column-${name}`)
  const card = (name: string, title: string) =>
    column(name)
      .locator('.task-card')
      .filter({ has: it.page.getByRole('link', { name: title, exact: true }) })
  const titles = async (name: string) => column(name).locator('.title').allTextContents()
  const order = (wanted: string[]) => expect.poll(() => titles('queued'), { timeout: 5_000 }).toEqual(wanted)
  const start = () => it.house.api.submit({ type: 'start', files: ['tasks/today.md'] }, ben)
  const open = async (count: number, more: Record<number, string> = {}) => {
    it.house.write('tasks/today.md', file(count, more))
    await start()
    it.house.begin('09:00:00 Looking around.')
    await it.onlyHears()
    await it.logIn()
    await it.page.goto(`${it.served.url}/#/board`)
    await card('running', 'Chore 1').waitFor()
  }
  const pressOn = async (link: Locator, ...keys: string[]) => {
    await link.focus()
    for (const key of keys) await it.page.keyboard.press(key)
  }
  const hasFocus = (title: string) =>
    expect.poll(() => it.page.evaluate('document.activeElement.textContent'), { timeout: 5_000 }).toBe(title)

  test('shows each task where it stands, from one state to the next, over a restart too', async () => {
    await open(3)
    await order(['Chore 2', 'Chore 3'])
    const live = it.house.feed.current()[0]
    if (live) it.house.feed.set({ ...live, activity: 'editing src/login.ts' })
    await card('running', 'Chore 1').getByText('editing src/login.ts').waitFor()
    it.house.ask()
    await card('waiting', 'Chore 1').waitFor()
    await it.restart(async () => {
      const [ask] = it.house.api.view.openAsks()
      await it.house.api.submit({ type: 'answer', target: { askId: ask?.id as string }, choice: 'allow' }, ben)
    })
    await card('running', 'Chore 1').waitFor()
    it.house.end()
    await card('done', 'Chore 1').waitFor()
    it.house.begin()
    await card('running', 'Chore 2').waitFor()
    it.house.end({ kind: 'failed', text: 'npm test failed' })
    await card('waiting', 'Chore 2').waitFor()
    await it.house.api.submit({ type: 'skip', task: 2 }, ben)
    await card('failed', 'Chore 2').getByText('skipped', { exact: true }).waitFor()
  })

  test('orders queued tasks by dragging with the mouse', async () => {
    await open(5)
    await order(['Chore 2', 'Chore 3', 'Chore 4', 'Chore 5'])
    const middle = async (title: string) => {
      const box = await card('queued', title).boundingBox()
      if (!box) throw new Error(`${title} is not to be seen`)
      return { x: box.x + box.width / 2, y: box.y + box.height / 2, top: box.y }
    }
    const from = await middle('Chore 5')
    const to = await middle('Chore 3')
    await it.page.mouse.move(from.x, from.y)
    await it.page.mouse.down()
    await it.page.mouse.move(from.x, from.y - 20)
    await it.page.mouse.move(to.x, to.top + 4, { steps: 4 })
    await column('queued').locator('.drop-line').waitFor()
    await it.page.mouse.up()
    await order(['Chore 2', 'Chore 5', 'Chore 3', 'Chore 4'])
    expect(new URL(it.page.url()).hash).toBe('#/board')
  })

  test('orders queued tasks by a finger on the grip', async () => {
    await it.renew({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    await open(4)
    await order(['Chore 2', 'Chore 3', 'Chore 4'])
    const grip = column('queued').getByRole('button', { name: 'Move task 4' })
    // On a phone the board opens at a column with something running or waiting.
    await grip.scrollIntoViewIfNeeded()
    const box = await grip.boundingBox()
    const target = await card('queued', 'Chore 2').boundingBox()
    if (!box || !target) throw new Error('not to be seen')
    const session = await it.context.newCDPSession(it.page)
    const x = box.x + box.width / 2
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x, y }] })
    await touch('touchStart', box.y + 5)
    for (const y of [box.y - 20, box.y - 80, target.y + 20, target.y + 4]) await touch('touchMove', y)
    await touch('touchEnd')
    await order(['Chore 4', 'Chore 2', 'Chore 3'])
  })

  test('is used with the keyboard alone: ways between cards, order, skip, retry', async () => {
    await open(4)
    await order(['Chore 2', 'Chore 3', 'Chore 4'])
    const link = (name: string, title: string) => card(name, title).getByRole('link')
    await pressOn(link('queued', 'Chore 2'), 'ArrowDown')
    await hasFocus('Chore 3')
    await it.page.keyboard.press('Shift+ArrowUp')
    await order(['Chore 3', 'Chore 2', 'Chore 4'])
    await hasFocus('Chore 3')
    await it.page.keyboard.press('Shift+ArrowDown')
    await order(['Chore 2', 'Chore 3', 'Chore 4'])
    await it.page.keyboard.press('ArrowRight')
    await hasFocus('Chore 1')
    await pressOn(link('queued', 'Chore 4'), 'm')
    const dialog = it.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Move to the front' }).press('Enter')
    await order(['Chore 4', 'Chore 2', 'Chore 3'])
    await pressOn(link('queued', 'Chore 4'), 'm')
    await dialog.getByRole('button', { name: 'Skip' }).press('Enter')
    await dialog.getByLabel('Why? (optional)').fill('not now')
    await dialog.getByRole('button', { name: 'Skip' }).press('Enter')
    await card('failed', 'Chore 4').getByText('not now').waitFor()
    it.house.end({ kind: 'failed', text: 'no' })
    await card('waiting', 'Chore 1').waitFor()
    await pressOn(link('waiting', 'Chore 1'), 'm')
    await dialog.getByRole('button', { name: 'Retry' }).press('Enter')
    await dialog.getByRole('button', { name: 'Retry' }).press('Enter')
    await card('waiting', 'Chore 1').waitFor({ state: 'detached' })
  })

  test('answers what a task asks', async () => {
    await open(2)
    it.house.ask()
    await card('waiting', 'Chore 1').getByRole('button', { name: 'Answer task 1' }).click()
    const dialog = it.page.getByRole('dialog', { name: 'Task 1 is waiting for you' })
    await dialog.getByRole('button', { name: 'Allow', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await card('running', 'Chore 1').waitFor()
    it.house.ask()
    // The card may be there before the ask.
    await card('waiting', 'Chore 1').getByRole('button', { name: 'Answer task 1' }).waitFor()
    await it.page.keyboard.press('a')
    await dialog.waitFor()
    // Somebody else was faster.
    const [ask] = it.house.api.view.openAsks()
    await it.house.api.submit({ type: 'answer', target: { askId: ask?.id as string }, choice: 'deny' }, ben)
    await dialog.waitFor({ state: 'detached' })
    await card('running', 'Chore 1').waitFor()
  })

  test('keeps to dependencies and says so', async () => {
    await open(3, { 3: '**Depends On:** Task 2\n' })
    await card('queued', 'Chore 3').getByText('After task 2').waitFor()
    await pressOn(card('queued', 'Chore 3').getByRole('link'), 'Shift+ArrowUp')
    await order(['Chore 3', 'Chore 2'])
    it.house.end()
    it.house.begin()
    await card('running', 'Chore 2').waitFor()
  })

  test('makes a task: written into the task file, and queued at once', async () => {
    await open(2)
    await it.page.keyboard.press('n')
    const dialog = it.page.getByRole('dialog', { name: 'New task' })
    await dialog.getByLabel('Title', { exact: true }).fill('Mend the footer')
    await dialog.getByLabel('Instruction').fill('It overlaps on phones.')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await it.page.getByText('1 more run queued behind this one').waitFor()
    const text = readFileSync(join(it.house.home, 'tasks/today.md'), 'utf8')
    expect(text).toContain('Mend the footer')
    expect(text).toContain('It overlaps on phones.')
    const [, run] = it.house.api.view.openRunIds('main')
    expect(it.house.api.view.tasks(run as string).map(({ title }) => title)).toEqual(['Mend the footer'])
  })

  test('holds ten thousand tasks, of which only those in view are on the page', async () => {
    await open(10_000)
    await column('queued').getByText('9,999', { exact: true }).waitFor()
    expect(await it.page.locator('.task-card').count()).toBeLessThan(60)
    await it.page.evaluate("document.querySelector('.column-queued .cards').scrollTop = 5_000 * 116")
    await card('queued', 'Chore 5002').waitFor()
    expect(await it.page.locator('.task-card').count()).toBeLessThan(60)
    await pressOn(card('queued', 'Chore 5002').getByRole('link'), 'Shift+ArrowUp')
    await expect
      .poll(async () => (await titles('queued')).join(), { timeout: 10_000 })
      .toContain('Chore 5002,Chore 5001,Chore 5003')
  })

  test('tells of each of ten tasks that run beside each other what it does, and so do the wall and the first page', async () => {
    it.house.write('tasks/today.md', file(12))
    Object.assign(it.house.policy, { lanes: 10, workspace: 'worktree' })
    await start()
    for (let i = 0; i < 10; i++) it.house.begin()
    await it.onlyHears()
    await it.logIn()
    const numbers = Array.from({ length: 10 }, (_, i) => i + 1)
    const acts = (word: string) => {
      for (const live of it.house.feed.current()) it.house.feed.set({ ...live, activity: `${word} part ${live.task}` })
    }

    await it.page.goto(`${it.served.url}/#/board`)
    await card('queued', 'Chore 12').waitFor()
    acts('editing')
    for (const n of numbers)
      await card('running', `Chore ${n}`).getByText(`editing part ${n}`, { exact: true }).waitFor()
    expect(await column('queued').textContent()).not.toContain('lane')
    expect(await card('running', 'Chore 3').textContent()).toMatch(/lane \d+/)

    await it.page.goto(`${it.served.url}/#/projects`)
    const project = it.page.locator('.wall .card')
    await project.getByText('10 tasks in progress').waitFor()
    acts('testing')
    const lines = (place: Locator) => () => place.locator('.lanes .activity-line').allTextContents()
    await expect.poll(lines(project)).toEqual(numbers.map((n) => `testing part ${n}`))

    await it.page.goto(`${it.served.url}/#/`)
    const others = it.page.getByRole('region', { name: 'Also running' })
    acts('reading')
    await expect.poll(lines(others)).toEqual(numbers.slice(1).map((n) => `reading part ${n}`))
    await it.page.getByRole('region', { name: 'Task 1: Chore 1' }).getByText('reading part 1').waitFor()
    for (const live of it.house.feed.current()) it.house.feed.set({ ...live, turns: live.task, costUsd: 0.5 })
    await others.getByText('lane 3  ·  3 turns  ·  $0.50').waitFor()
  })

  test('has the run of each project on the wall: what it does, and how many decisions wait', async () => {
    await open(2)
    await it.page.goto(`${it.served.url}/#/projects`)
    const project = it.page.locator('.wall .card').first()
    await project.getByText('Task 1: Chore 1').waitFor()
    const live = it.house.feed.current()[0]
    if (live) it.house.feed.set({ ...live, activity: 'editing src/login.ts' })
    await project.getByText('editing src/login.ts').waitFor()
    it.house.ask()
    await project.getByRole('button', { name: '1 decision waiting for you' }).click()
    await it.page.locator('.ask').waitFor()
  })
})
