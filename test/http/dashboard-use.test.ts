import { describe, expect, test } from 'vitest'
import type { Live } from '../../src/daemon/api/views.ts'
import { hasBrowser } from './browser.ts'
import { NOT_THERE, refused, useBrowsing } from './browsing.ts'
import { FOCUSED, look, WATCH_ACTIVITY } from './in-page.ts'
import { ANNA, TOKEN } from './serve.ts'

/** Closes the dialog, and presses `/` where the focus was. */
const CLOSE_AND_PRESS = `(() => {
  const dialog = document.querySelector('dialog[open]')
  const inside = dialog.querySelector('button')
  dialog.close()
  inside.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }))
  return document.activeElement.ariaLabel
})()`

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  const it = useBrowsing()

  describe('logging in', () => {
    test('by the one-time link, which leaves no trace in the address and works once', async () => {
      const link = it.served.server.oneTimeLink(ANNA)
      await it.page.goto(link)
      await it.page.waitForSelector('.shell')
      expect(new URL(it.page.url()).pathname).toBe('/')
      expect(new URL(it.page.url()).hash).toBe('')
      await it.page.reload()
      await it.page.waitForSelector('.shell')
      it.expectComplaint(refused(401))
      await it.renew()
      await it.page.goto(link)
      await it.page.getByText('This link has expired or was already used').waitFor()
    })

    test('by pasting the API token, and out again', async () => {
      it.expectComplaint(refused(401))
      await it.page.goto(it.served.url)
      await it.page.getByLabel('API token').fill('wrong')
      await it.page.keyboard.press('Enter')
      await it.page.getByText('The API token is wrong.').waitFor()
      await it.page.getByLabel('API token').fill(TOKEN)
      await it.page.keyboard.press('Enter')
      await it.page.waitForSelector('.shell')
      expect(await it.page.evaluate('document.cookie')).toBe('')
      await it.page.goto(`${it.served.url}/#/health`)
      await it.page.getByRole('button', { name: 'Log out' }).click()
      await it.page.getByLabel('API token').waitFor()
      await it.page.reload()
      await it.page.getByLabel('API token').waitFor()
    })

    test('is asked for when it no longer counts, in words, and leads to where one was', async () => {
      it.expectComplaint(refused(401))
      await it.logIn()
      await it.context.clearCookies()
      await it.page.goto(`${it.served.url}/#/history`)
      await it.page.getByText('Your session has ended. Log in again to continue.').waitFor()
      await it.page.getByLabel('API token').fill(TOKEN)
      await it.page.keyboard.press('Enter')
      await it.page.getByRole('heading', { name: 'History' }).waitFor()
    })

    test('ends in every tab at once, and each says so', async () => {
      it.expectComplaint(refused(401))
      await it.logIn()
      const other = await it.context.newPage()
      await other.goto(`${it.served.url}/#/health`)
      await other.getByText('connected, live').waitFor()
      await other.getByRole('button', { name: 'Log out' }).click()
      await other.getByText('You are logged out.').waitFor()
      await it.page.getByText('Your session has ended. Log in again to continue.').waitFor()
    })
  })

  describe('finding the way', () => {
    test('an address that leads nowhere says so, with a way out', async () => {
      it.expectComplaint(refused(404))
      await it.logIn()
      for (const address of ['/#/nowhere', '/nowhere', '/#/run/x/y/z']) {
        await it.page.goto(`${it.served.url}${address}`)
        await it.page.getByRole('heading', { name: 'Page not found' }).waitFor()
        expect(await it.page.title()).toBe('Page not found – Baton')
      }
      await it.page.goto(`${it.served.url}/#/run/no-such-run`)
      await it.page.getByRole('heading', { name: 'Not found', exact: true }).waitFor()
      await it.page.getByRole('link', { name: 'Go to Now' }).click()
      await it.page.getByRole('heading', { name: 'No runs yet' }).waitFor()
      // As people type it.
      await it.page.goto(`${it.served.url}/history`)
      await it.page.getByRole('heading', { name: 'History' }).waitFor()
      expect((await it.served.get('/nowhere', { headers: { Accept: 'application/json' } })).json.error.code).toBe(
        'no-such-route',
      )
    })

    test('keys are listed by ?, and do what is listed; not while somebody types', async () => {
      await it.start()
      it.house.begin('09:00:00 Looking around.')
      await it.logIn()
      await it.page.locator('.entry').first().waitFor()
      await it.page.keyboard.press('?')
      const dialog = it.page.getByRole('dialog', { name: 'Keyboard shortcuts' })
      const keys = await dialog.locator('kbd').allInnerTexts()
      expect(keys).toEqual(expect.arrayContaining(['?', '/', 'a', '1', '5']))
      // Pages that are not there have no key.
      const goes = (await dialog.locator('dd').allInnerTexts()).filter((words) => words.startsWith('Go to '))
      expect(goes).toEqual(
        ['Now', 'Board', 'Queue', 'History', 'Cost', 'Health', 'what is waiting for you'].map((one) => `Go to ${one}`),
      )
      await it.page.keyboard.press('2')
      expect(await dialog.count()).toBe(1)
      await it.page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      // The key that comes before the page was drawn without the dialog still has its button as its target.
      await it.page.keyboard.press('?')
      await dialog.waitFor()
      expect(await it.page.evaluate(CLOSE_AND_PRESS)).toBe('Search the log')
      await it.page.keyboard.type('?1')
      expect(await it.page.getByLabel('Search the log').inputValue()).toBe('?1')
      await it.page.getByRole('link', { name: 'Now', exact: true }).focus()
      await it.page.keyboard.press('6')
      await it.page.getByRole('heading', { name: 'Health' }).waitFor()
      await it.page.keyboard.press('?')
      expect(await dialog.locator('kbd').allInnerTexts()).not.toContain('a')
    })

    test('can be installed: the browser finds nothing against it', async () => {
      await it.logIn()
      const devtools = await it.context.newCDPSession(it.page)
      const { errors, url } = await devtools.send('Page.getAppManifest')
      expect([errors, new URL(url).pathname]).toEqual([[], '/dashboard/manifest.webmanifest'])
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
      // A window without history, as of tests, takes no installations.
      expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
    })
  })

  describe('asks', () => {
    test('are answered with the keyboard alone, and the focus goes on', async () => {
      await it.start()
      it.house.begin()
      it.house.ask({ rule: 'Bash(npm test:*)' })
      await it.logIn()
      await it.page.getByRole('heading', { name: 'Run a command' }).waitFor()
      await it.page.keyboard.press('a')
      expect(await it.page.evaluate(FOCUSED)).toBe('H3: Run a command?')
      const isAllow = async () => (await it.page.evaluate(FOCUSED)) === 'BUTTON: Allow'
      for (let i = 0; i < 5 && !(await isAllow()); i++) await it.page.keyboard.press('Tab')
      expect(await isAllow()).toBe(true)
      await it.page.keyboard.press('Enter')
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      const [ask] = it.house.store.read.asksOfRun(it.house.api.view.latestRun()?.id ?? '')
      expect(ask?.answer).toMatchObject({
        choice: 'allow',
        by: ANNA,
        hash: ask?.hash,
      })
      expect(await it.page.evaluate(FOCUSED)).toBe('H1: tasks/today.md')
      expect(await it.page.locator('#said').textContent()).toContain('Allow')
    })

    test('show a command alone in its block, and what is said of it around it', async () => {
      await it.start()
      it.house.begin()
      it.house.ask({ text: 'rm -rf build\n', description: 'Tidies up', remark: 'Also set: {}' })
      await it.logIn()
      const card = it.page.locator('.ask')
      await card.waitFor()
      expect(await card.locator('.body > .shown.code').textContent()).toBe('rm -rf build\n')
      expect(await card.locator('.body > .said').allTextContents()).toEqual([
        'Claude: Tidies up',
        'Claude Code: Also set: {}',
      ])
    })

    test('take a reason, which survives what happens meanwhile', async () => {
      await it.start()
      it.house.begin()
      it.house.ask()
      await it.logIn()
      await it.page.getByRole('button', { name: 'Deny' }).click()
      await it.page.keyboard.type('Use the test of ')
      for (let i = 0; i < 5; i++) it.house.emit(`event ${i}`)
      await it.page.getByText('event 4').waitFor()
      await it.page.keyboard.type('the other folder')
      await it.page.keyboard.press('Control+Enter')
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      const [ask] = it.house.store.read.asksOfRun(it.house.api.view.latestRun()?.id ?? '')
      expect(ask?.answer).toMatchObject({ choice: 'deny', text: 'Use the test of the other folder' })
    })

    test('with several questions take choices and words', async () => {
      await it.start()
      it.house.begin()
      await it.logIn()
      it.house.ask({
        kind: 'question',
        tool: 'AskUserQuestion',
        title: 'Claude asks 2 questions',
        questions: [
          { question: 'Colour?', options: [{ label: 'Red' }, { label: 'Blue' }], multiSelect: false },
          { question: 'Sizes?', options: [{ label: 'S' }, { label: 'M' }], multiSelect: true },
        ],
      })
      await it.page.getByRole('button', { name: 'Send answers' }).click()
      await it.page.getByText('Choose an option or write an answer.').waitFor()
      await it.page.getByLabel('Other answer to: Colour?').fill('Green')
      await it.page.getByRole('checkbox', { name: 'S', exact: true }).check()
      await it.page.getByRole('checkbox', { name: 'M', exact: true }).check()
      await it.page.getByRole('button', { name: 'Send answers' }).click()
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      const [ask] = it.house.store.read.asksOfRun(it.house.api.view.latestRun()?.id ?? '')
      expect(ask?.answer?.answers).toEqual({ 'Colour?': 'Green', 'Sizes?': 'S, M' })
    })

    test('that somebody else decided are told, and gone', async () => {
      it.expectComplaint(refused(409))
      it.expectComplaint(NOT_THERE)
      await it.start()
      it.house.begin()
      it.house.ask()
      await it.logIn()
      const allow = it.page.getByRole('button', { name: 'Allow', exact: true })
      await allow.waitFor()
      await it.page.route('**/api/overview*', (route) => route.abort())
      const [ask] = it.house.api.view.openAsks()
      const target = { askId: ask?.id as string }
      await it.house.api.submit(
        { type: 'answer', target, choice: 'deny' },
        { surface: 'telegram', id: '4712', name: 'Ben' },
      )
      await allow.click()
      await it.page.locator('.toast', { hasText: 'Already decided: Denied by Ben (Telegram).' }).waitFor()
      await it.page.unroute('**/api/overview*')
      it.house.emit('anything')
      await it.page.locator('.ask').waitFor({ state: 'detached' })
    })

    test('are announced, and counted in the navigation and the name of the tab', async () => {
      await it.start()
      it.house.begin()
      await it.logIn()
      await it.page.getByRole('link', { name: 'Now', exact: true }).waitFor()
      it.house.ask()
      await it.page.getByRole('link', { name: 'Now 1 waiting for you' }).waitFor()
      await expect.poll(() => it.page.locator('#alerted').textContent()).toBe('Asked: Run a command')
      await expect.poll(() => it.page.title()).toBe('(1) Now – Baton')
    })
  })

  describe('what happens', () => {
    test('is seen as it happens: the activity, the log, the states', async () => {
      await it.start()
      it.house.begin('09:00:00 Looking around.')
      await it.logIn()
      await it.page.getByText('Looking around.').waitFor()
      const live = it.house.feed.current()[0]
      if (live) it.house.feed.set({ ...live, activity: 'editing src/login.ts', turns: 4, costUsd: 0.5 })
      await it.page.getByText('editing src/login.ts').waitFor()
      await it.page.locator('.figures', { hasText: '$0.50' }).waitFor()
      it.house.log('09:00:05 → Edit src/login.ts\n')
      if (live) it.house.feed.set({ ...live, activity: 'testing' })
      await it.page.locator('.entry.call', { hasText: 'Edit src/login.ts' }).waitFor()
      it.house.end()
      await it.page.locator('.task-row', { hasText: 'Add a login endpoint' }).getByText('done').waitFor()
      await it.page.getByRole('heading', { name: 'Start task 2: Drop the old table?' }).waitFor()
    })

    test('is not taken back by an answer that was slower than what the stream told', async () => {
      await it.start()
      it.house.begin()
      await it.logIn()
      const live = it.house.feed.current()[0] as Live
      let asked = () => {}
      let answer = () => {}
      const isAsked = new Promise<void>((resolve) => (asked = resolve))
      const mayAnswer = new Promise<void>((resolve) => (answer = resolve))
      await it.page.route('**/api/overview*', async (route) => {
        const response = await route.fetch()
        asked()
        await mayAnswer
        await route.fulfill({ response })
      })
      it.house.emit('anything')
      await isAsked
      it.house.feed.set({ ...live, activity: 'editing src/login.ts' })
      await it.page.getByText('editing src/login.ts').waitFor()
      await it.page.evaluate(WATCH_ACTIVITY)
      answer()
      it.house.end()
      await it.page.locator('.task-row', { hasText: 'Add a login endpoint' }).getByText('done').waitFor()
      expect(await it.page.evaluate('window.activities')).not.toContain(live.activity)
    })

    test('is missed by nobody who was cut off', async () => {
      await it.start()
      await it.logIn()
      await it.page.locator('.connection', { hasText: 'live' }).waitFor()
      await it.restart(async () => {
        await it.page.locator('.connection', { hasText: 'reconnecting' }).waitFor()
        for (let i = 1; i <= 6; i++) it.house.emit(`while away ${i}`)
      })
      it.house.emit('back again')
      await it.page.getByText('back again').waitFor({ timeout: 15_000 })
      const last = it.house.store.read.lastEventSeq()
      await expect.poll(it.seqsShown).toEqual(Array.from({ length: Math.min(14, last) }, (_, i) => last - i))
      await it.page.locator('.connection', { hasText: 'live' }).waitFor()
    })

    test('lets go of its connection in a tab that nobody looks at, and misses nothing', async () => {
      await it.start()
      await it.page.clock.install()
      await it.logIn()
      await it.page.locator('.connection', { hasText: 'live' }).waitFor()
      const followers = async () => /baton_http_followers (\d+)/.exec((await it.served.get('/metrics')).text)?.[1]
      await expect.poll(followers).toBe('1')
      await it.page.evaluate(look(true))
      await it.page.clock.runFor(121_000)
      await expect.poll(followers).toBe('0')
      for (let i = 1; i <= 3; i++) it.house.emit(`while nobody looked ${i}`)
      await it.page.evaluate(look(false))
      await it.page.clock.runFor(5_000)
      await it.page.getByText('while nobody looked 3').waitFor()
      const last = it.house.store.read.lastEventSeq()
      await expect.poll(it.seqsShown).toEqual(Array.from({ length: last }, (_, i) => last - i))
    })

    test('can be steered: say, pause, resume, skip, stop', async () => {
      await it.start()
      it.house.begin()
      await it.logIn()
      await it.page.getByLabel('Tell Claude something').fill('Use argon2')
      await it.page.keyboard.press('Enter')
      await it.page.locator('.toast', { hasText: 'Sent to Claude (task 1).' }).waitFor()
      await it.page.getByRole('button', { name: 'Pause', exact: true }).click()
      await it.page.locator('.toast', { hasText: 'Paused. Resume to continue.' }).waitFor()
      await it.page.getByRole('button', { name: 'Resume' }).click()
      await it.page.getByRole('button', { name: 'Stop' }).click()
      await it.page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
      it.house.feed.clear(it.house.feed.current()[0]?.taskId ?? '')
      await it.page.getByText('Nothing is running', { exact: true }).waitFor()
      expect(it.house.api.view.latestRun()?.status).toBe('stopped')
      expect(it.house.store.read.events({}).filter((event) => event.type === 'queue.resumed')).toHaveLength(1)
    })

    test('can be started from the page', async () => {
      await it.logIn()
      await it.page.getByRole('button', { name: 'Start…' }).click()
      await it.page.getByRole('dialog').getByLabel('tasks/today.md').waitFor()
      await it.page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click()
      await it.page.locator('.task-row', { hasText: 'Add a login endpoint' }).waitFor()
      expect(it.house.api.view.latestRun()?.autoApprove).toBe(false)
    })

    test('is acted on once, also when the answer got lost on the way', async () => {
      it.expectComplaint(NOT_THERE)
      await it.start()
      it.house.begin()
      await it.logIn()
      let cut = 0
      await it.page.route('**/api/commands', async (route) => {
        if (cut++ > 0) return route.continue()
        await route.fetch()
        return route.abort()
      })
      await it.page.getByLabel('Tell Claude something').fill('Once, please')
      await it.page.keyboard.press('Enter')
      await it.page.locator('.toast', { hasText: 'Sent to Claude (task 1).' }).waitFor()
      expect(cut).toBe(2)
      expect(it.house.store.read.events({}).filter((event) => event.type === 'task.said')).toHaveLength(1)
    })
  })
})
