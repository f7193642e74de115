import { describe, expect, test } from 'vitest'
import { complaintsOf } from './axe.ts'
import { hasBrowser } from './browser.ts'
import { refused, useBrowsing } from './browsing.ts'
import { stageWork } from './stage.ts'
import { stageEnvironments } from './stage-environments.ts'

const QUESTIONS = [
  { question: 'Colour?', options: [{ label: 'Red', description: 'Warm' }, { label: 'Blue' }], multiSelect: false },
  { question: 'Sizes?', options: [{ label: 'S' }, { label: 'M' }], multiSelect: true },
]

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  const it = useBrowsing()

  describe.each(['light', 'dark'] as const)('has nothing that axe would mend (%s):', (colorScheme) => {
    const expectClean = async (what: string) => {
      // What moves in is there.
      await it.page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))')
      expect([what, await complaintsOf(it.page)]).toEqual([what, []])
    }

    test('on every page, with an ask open', async () => {
      await stageWork(it.house, { history: 2 })
      stageEnvironments(it.house, 'main')
      const run = it.house.api.view.latestRun()?.id
      await it.renew({ colorScheme, reducedMotion: 'reduce' })
      await it.page.goto(it.served.url)
      await it.page.waitForSelector('.login')
      await expectClean('log-in')
      await it.logIn()
      await it.page.locator('.ask').first().waitFor()
      await it.page.locator('.entry').first().waitFor()
      await expectClean('now')
      for (const hash of [
        '#/board',
        '#/projects',
        '#/github',
        '#/queue',
        `#/run/${run}`,
        `#/run/${run}/task/1`,
        '#/history',
        '#/cost',
        '#/health',
        '#/environments',
        '#/x',
      ]) {
        await it.page.goto(`${it.served.url}/${hash}`)
        await it.page.locator('.ask').first().waitFor({ state: 'detached' })
        await it.page.waitForSelector('main h1')
        await it.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        await it.page.waitForTimeout(200)
        await expectClean(hash)
        if (hash !== '#/history') continue
        await it.page.getByLabel('Search the history').fill('o')
        await it.page.locator('.hits mark').first().waitFor()
        await expectClean('hits')
      }
    })

    test('in asks of every kind and what they open, in dialogs, and on a phone', async () => {
      await it.renew({ colorScheme, reducedMotion: 'reduce', viewport: { width: 390, height: 844 }, hasTouch: true })
      await it.start()
      it.house.begin('09:00:00 Looking around.')
      it.house.ask({ kind: 'question', tool: 'AskUserQuestion', title: 'Claude asks', questions: QUESTIONS })
      await it.logIn()
      await it.page.locator('.ask[data-kind="question"]').waitFor()
      await it.page.getByRole('button', { name: 'Send answers' }).click()
      await expectClean('question')
      await it.page.getByRole('radio', { name: 'Red' }).check()
      await it.page.getByRole('checkbox', { name: 'S', exact: true }).check()
      await it.page.getByRole('button', { name: 'Send answers' }).click()
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      it.house.end()
      await it.page.locator('.ask[data-kind="approval"]').waitFor()
      await it.page.getByRole('button', { name: 'Reject' }).click()
      await expectClean('reason')
      await it.page.keyboard.press('Escape')
      await it.page.getByRole('button', { name: 'Approve' }).click()
      await it.page.locator('.ask').waitFor({ state: 'detached' })
      it.house.begin()
      it.house.end({ kind: 'failed', text: 'npm test failed' })
      await it.page.locator('.ask[data-kind="failure"]').waitFor()
      await expectClean('failure')
      await it.page.getByRole('button', { name: 'More…' }).click()
      await it.page.getByRole('button', { name: 'Start…' }).click()
      await it.page.getByRole('dialog').waitFor()
      await expectClean('start')
      await it.page.keyboard.press('Escape')
      await it.page.keyboard.press('?')
      await it.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await expectClean('keys')
    })

    test('on the board, in what its cards open, at both sizes', async () => {
      for (const viewport of [
        { width: 1280, height: 800 },
        { width: 390, height: 844 },
      ]) {
        await it.renew({ colorScheme, reducedMotion: 'reduce', viewport, hasTouch: viewport.width < 600 })
        if (it.house.api.view.openAsks().length === 0) {
          await it.start()
          it.house.begin()
          it.house.ask()
        }
        await it.logIn()
        await it.page.goto(`${it.served.url}/#/board`)
        await it.page.locator('.column-waiting .task-card').waitFor()
        await expectClean('board')
        await it.page.getByRole('button', { name: 'Answer task 1' }).click()
        await it.page.getByRole('dialog').waitFor()
        await expectClean('answer')
        await it.page.keyboard.press('Escape')
        await it.page.getByRole('button', { name: 'More about task 2' }).click()
        await it.page.getByRole('dialog').waitFor()
        await expectClean('choices')
        await it.page.keyboard.press('Escape')
        await it.page.getByRole('button', { name: 'New task' }).click()
        await it.page.getByRole('dialog', { name: 'New task' }).waitFor()
        await expectClean('new task')
      }
    })

    test('on the log-in page that says why it is there', async () => {
      it.expectComplaint(refused(401))
      await it.renew({ colorScheme })
      await it.page.goto(it.served.url)
      await it.page.getByLabel('API token').fill('wrong')
      await it.page.keyboard.press('Enter')
      await it.page.getByText('The API token is wrong.').waitFor()
      await expectClean('log-in')
    })
  })
})
