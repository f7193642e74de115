import { describe, expect, test } from 'vitest'
import { hasBrowser } from './browser.ts'
import { refused, useBrowsing } from './browsing.ts'
import { contrastOf, IDS, NAMELESS, PWNED, TO_THE_END, TOO_WIDE_PX, WRITE_MARKUP } from './in-page.ts'
import { PLANTED } from './serve.ts'
import { stageWork } from './stage.ts'

const PHONE = { width: 390, height: 520 }

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  const it = useBrowsing()

  describe('pages', () => {
    test('show the receipt of a task with its checks, files and diff', async () => {
      await stageWork(it.house, { history: 1, asks: false })
      const run = it.house.api.view.latestRun()?.id
      await it.logIn()
      await it.page.goto(`${it.served.url}/#/run/${run}/task/1`)
      await it.page.getByRole('heading', { name: 'Task 1: Add a login endpoint' }).waitFor()
      await it.page.locator('section[aria-label="Checks"]').getByText('npm test').first().waitFor()
      await it.page.locator('.file-change', { hasText: 'src/login.ts' }).first().waitFor()
      await it.page.getByText('Diff', { exact: true }).click()
      await it.page.locator('.line.plus', { hasText: "app.post('/login', login)" }).waitFor()
      await it.page.getByText('Task source').click()
      await it.page.getByText('Hash with argon2id').waitFor()
    })

    test("show Claude's Markdown as headings, lists, tables and code, and obey none of it", async () => {
      await stageWork(it.house, { history: 0, asks: false })
      const asked: string[] = []
      it.page.on('request', (request) => asked.push(new URL(request.url()).host))
      await it.logIn()
      await it.page.goto(`${it.served.url}/#/run/${it.house.api.view.latestRun()?.id}/task/1`)
      const words = it.page.locator('section[aria-label="Result"] .document')
      await words.getByRole('heading', { name: 'The endpoint answers' }).waitFor()
      expect(await words.locator('strong').innerText()).toBe('84 tests pass.')
      expect(await words.locator('td').allInnerTexts()).toEqual(['src/login.ts', '80', 'test/login.test.ts', '122'])
      expect(await words.locator('pre').innerText()).toBe("app.post('/login', login)")
      expect(await words.locator('ol li').innerText()).toBe('after five in a minute')
      const links = await words
        .locator('a')
        .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]))
      expect(links).toEqual([
        ['https://docs.example/argon2', 'noopener noreferrer'],
        ['https://evil.example/p.png', 'noopener noreferrer'],
      ])
      expect(await words.innerText()).toContain(
        '<img src=x onerror="document.title=\'pwned\'"> click (javascript:alert(1))',
      )
      expect(await words.locator('img').count()).toBe(0)
      expect(asked.filter((host) => host.includes('example'))).toEqual([])
      expect(await it.page.title()).not.toContain('pwned')
    })

    test('undo a task only after saying what it would do', async () => {
      await stageWork(it.house, { history: 1, asks: false })
      await it.logIn()
      await it.page.goto(`${it.served.url}/#/run/${it.house.api.view.latestRun()?.id}/task/1`)
      await it.page.getByRole('button', { name: 'Undo' }).click()
      await it.page.getByText('Undo task 1: 2 files go back.').waitFor()
      await it.page.getByLabel('a.ts').check()
      await it.page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
      await it.page.locator('.toast', { hasText: 'Task 1 is undone.' }).waitFor()
    })

    test('show an undone task as that, and offer to do it again or to bring it back', async () => {
      await stageWork(it.house, { history: 1, asks: false })
      const run = it.house.api.view.latestRun()?.id
      await it.logIn()
      const { page } = it
      const button = (name: string) => page.getByRole('button', { name, exact: true })
      const confirm = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
      await page.goto(`${it.served.url}/#/run/${run}/task/1`)
      await button('Undo').click()
      await confirm('Undo')
      await page.locator('main .chip', { hasText: 'undone' }).waitFor()
      await button('Redo').waitFor()
      expect([await button('Undo').isVisible(), await button('Retry').isVisible()]).toEqual([false, false])

      await page.goto(`${it.served.url}/#/run/${run}`)
      await page.getByLabel('State').selectOption('undone')
      await page.locator('.task-row', { hasText: 'Add a login endpoint' }).waitFor()
      expect(await page.locator('.task-row').count()).toBe(1)

      await page.goto(`${it.served.url}/#/run/${run}/task/1`)
      await button('Bring back').click()
      await page.getByText('Bring back task 1?').first().waitFor()
      await confirm('Bring back')
      await page.locator('main .chip', { hasText: 'done' }).first().waitFor()
      await button('Undo').click()
      await confirm('Undo')
      await button('Redo').click()
      await confirm('Redo')
      await page.locator('main .chip', { hasText: 'queued' }).first().waitFor()
      expect(it.house.api.view.task(run ?? '', 1)?.status).toBe('queued')
    })

    test('search and filter the log', async () => {
      await stageWork(it.house, { history: 1, asks: false })
      await it.logIn()
      await it.page.locator('.entry').first().waitFor()
      const before = await it.page.locator('.entry').count()
      await it.page.getByLabel('Search the log').fill('limit')
      await it.page.locator('mark.here').waitFor()
      // What is around the hits stays.
      expect(await it.page.locator('.entry').count()).toBe(before)
      await it.page.getByLabel('Search the log').fill('')
      await it.page.getByRole('combobox', { name: 'Show' }).selectOption('problems')
      await expect.poll(() => it.page.locator('.entry').count()).toBe(2)
    })

    test('search a log to its beginning, mark the hits and go from one to the next', async () => {
      await it.start()
      const lines = Array.from({ length: 9_000 }, (_, i) => `09:00:00 Line ${i} of a long log, with words to fill it`)
      lines[3] = '09:00:00 A needle near the beginning'
      lines[8_000] = '09:00:00 Another Needle'
      it.house.begin(...lines)
      await it.logIn()
      await it.page.locator('.entry', { hasText: 'Line 8999' }).waitFor()
      expect(await it.page.locator('.entry', { hasText: 'near the beginning' }).count()).toBe(0)
      await it.page.getByLabel('Search the log').fill('needle')
      await it.page.getByText('2 of 2 hits').waitFor()
      const here = it.page.locator('mark.here')
      const isSeen = () =>
        here.evaluate((mark) => {
          const [box, lines] = [mark, mark.closest('.log-lines') as typeof mark].map((one) =>
            one.getBoundingClientRect(),
          )
          return Boolean(box && lines && box.top >= lines.top && box.bottom <= lines.bottom)
        })
      expect([await here.innerText(), await isSeen()]).toEqual(['Needle', true])
      await it.page.keyboard.press('Enter')
      await it.page.getByText('1 of 2 hits').waitFor()
      expect([await here.innerText(), await isSeen()]).toEqual(['needle', true])
      await it.page.getByRole('button', { name: 'Next hit' }).click()
      await it.page.getByText('2 of 2 hits').waitFor()
      await it.page.getByLabel('Search the log').fill('nowhere')
      await it.page.getByText('No hits').waitFor()
    })

    test('search the history: titles, results and logs, by words and by state, and lead to the hit', async () => {
      await stageWork(it.house, { history: 2, asks: false })
      it.house.log(`09:59:00 → Bash grep -rn "flugzeug" src\n${'09:59:01 and on\n'.repeat(40)}`)
      await it.renew({ viewport: PHONE })
      await it.logIn()
      await it.page.goto(`${it.served.url}/#/history`)
      await it.page.locator('.runs li').first().waitFor()
      await it.page.keyboard.press('/')
      await it.page.keyboard.type('FLUGZEUG')
      const hit = it.page.locator('.hits li')
      await it.page.getByText('1 task found').waitFor()
      expect(await hit.locator('mark').innerText()).toBe('flugzeug')
      expect(await it.page.locator('.runs').isVisible()).toBe(false)
      await hit.locator('a').click()
      await it.page.getByRole('heading', { name: /^Task 3/ }).waitFor()
      const here = it.page.locator('mark.here')
      expect(await here.innerText()).toBe('flugzeug')
      // Above the bar of a phone, without anybody having scrolled.
      const barPx = 80
      await expect
        .poll(async () => {
          const box = await here.boundingBox()
          return box !== null && box.y > 0 && box.y + box.height < PHONE.height - barPx
        })
        .toBe(true)
      expect(await it.page.getByLabel('Search the log').inputValue()).toBe('FLUGZEUG')

      await it.page.goto(`${it.served.url}/#/history`)
      await it.page.getByLabel('Search the history').fill('login endpoint')
      await it.page.locator('.hits mark', { hasText: 'login endpoint' }).first().waitFor()
      expect(await it.page.getByLabel('State').locator('option[value=taken_over]').textContent()).toBe('taken over')
      await it.page.getByLabel('State').selectOption('running')
      await it.page.getByText('Nothing found.').waitFor()
      await it.page.getByLabel('Search the history').fill('')
      await it.page.locator('.hits .chip', { hasText: 'running' }).waitFor()
      await it.page.getByLabel('State').selectOption('')
      await it.page.locator('.runs li').first().waitFor()
    })

    test('hold ten thousand tasks with only those in view on the page', async () => {
      const tasks = Array.from(
        { length: 10_000 },
        (_, i) => `## Task ${i + 1}: Chore ${i + 1}\n**Claude Instruction:**\nDo.\n`,
      )
      it.house.write('tasks/many.md', tasks.join('\n'))
      await it.house.api.submit(
        { type: 'start', files: ['tasks/many.md'] },
        { surface: 'telegram', id: '4712', name: 'Ben' },
      )
      await it.logIn()
      await it.page.goto(`${it.served.url}/#/queue`)
      await it.page.getByText('10,000 in all').waitFor()
      expect(await it.page.locator('.window li').count()).toBeLessThan(60)
      await it.page.evaluate(TO_THE_END)
      await it.page.locator('.task-row', { hasText: 'Chore 10000' }).waitFor()
      expect(await it.page.locator('.window li').count()).toBeLessThan(60)
      await it.page.getByLabel('Search the tasks').fill('Chore 777')
      await it.page.getByText('11 found').waitFor()
    })

    test('are usable on a phone: nothing is wider than the screen', async () => {
      await stageWork(it.house, { history: 3 })
      const run = it.house.api.view.latestRun()?.id
      await it.renew({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
      await it.logIn()
      for (const hash of ['#/', '#/queue', `#/run/${run}/task/1`, '#/history', '#/cost', '#/health']) {
        await it.page.goto(`${it.served.url}/${hash}`)
        await it.page.waitForSelector('main h1')
        await it.page.waitForTimeout(150)
        const tooWide = await it.page.evaluate(TOO_WIDE_PX)
        expect([hash, tooWide]).toEqual([hash, 0])
      }
    })
  })

  describe('hostile words', () => {
    const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{{7*7}}" onload="pwned=1`

    test('of models and files are shown as words everywhere', async () => {
      it.expectComplaint(refused(404))
      it.house.write('tasks/bad.md', `## Task 1: ${HOSTILE}\n**Type:** x\n**Claude Instruction:**\n${HOSTILE}\n`)
      await it.house.api.submit(
        { type: 'start', files: ['tasks/bad.md'] },
        { surface: 'telegram', id: '4713', name: HOSTILE },
      )
      it.house.begin(`09:00:00 ${HOSTILE}`, `09:00:01 → ${HOSTILE}`)
      const live = it.house.feed.current()[0]
      if (live) it.house.feed.set({ ...live, activity: HOSTILE })
      it.house.ask({ title: HOSTILE, text: `@@ ${HOSTILE}\n+${HOSTILE}`, rule: HOSTILE })
      it.house.emit(HOSTILE)
      const run = it.house.api.view.latestRun()?.id
      await it.logIn()
      for (const hash of [
        '#/',
        '#/queue',
        `#/run/${run}/task/1`,
        '#/history',
        `#/run/${encodeURIComponent(HOSTILE)}`,
      ]) {
        await it.page.goto(`${it.served.url}/${hash}`)
        await it.page.waitForSelector('main h1')
        await it.page.waitForTimeout(200)
        const found = (await it.page.evaluate(PWNED)) as [string, number]
        expect([hash, ...found]).toEqual([hash, 'undefined', 0])
      }
      await it.page.goto(`${it.served.url}/#/`)
      await it.page.getByRole('heading', { name: HOSTILE }).first().waitFor()
    })

    test('cannot run even when they got in: the page lets no script and no style in from the side', async () => {
      await it.logIn()
      expect(await it.page.evaluate(WRITE_MARKUP)).toBe('refused: TypeError')
      it.complaints = it.complaints.filter((text) => !text.includes('TrustedHTML') && !text.includes('Trusted Type'))
    })

    test('hold no secret that Baton knows', async () => {
      await it.start()
      it.house.begin(`09:00:00 the key is ${PLANTED}`)
      it.house.ask({ title: `Use ${PLANTED}`, text: PLANTED })
      await it.logIn()
      await it.page.getByRole('heading', { name: 'Use [redacted]' }).waitFor()
      expect(await it.page.content()).not.toContain(PLANTED)
    })
  })

  describe('everybody', () => {
    test('finds landmarks, one main heading, and a name on everything that can be used', async () => {
      await stageWork(it.house, { history: 2 })
      const run = it.house.api.view.latestRun()?.id
      await it.logIn()
      for (const hash of ['#/', '#/queue', `#/run/${run}/task/1`, '#/history', '#/cost', '#/health']) {
        await it.page.goto(`${it.served.url}/${hash}`)
        await it.page.waitForSelector('main h1')
        await it.page.waitForTimeout(150)
        expect(await it.page.locator('main').count()).toBe(1)
        expect(await it.page.locator('main h1:visible').count()).toBe(1)
        expect(await it.page.getByRole('navigation').count()).toBe(1)
        expect([hash, await it.page.evaluate(NAMELESS)]).toEqual([hash, []])
        const ids = (await it.page.evaluate(IDS)) as string[]
        expect(new Set(ids).size).toBe(ids.length)
      }
    })

    test.each(['light', 'dark'] as const)('can read the colours (%s)', async (colorScheme) => {
      await it.renew({ colorScheme })
      await it.page.goto(it.served.url)
      const pairs: [string, string][] = [
        ...['--bg', '--surface', '--raised', '--sunken'].flatMap((back): [string, string][] => [
          ['--text', back],
          ['--muted', back],
          ['--accent', back],
          ['--bad', back],
        ]),
        ['--on-accent', '--accent'],
        ['--good', '--good-soft'],
        ['--bad', '--bad-soft'],
        ['--ask', '--ask-soft'],
        ['--ask', '--bg'],
        ['--check', '--check-soft'],
        ['--accent', '--accent-soft'],
        ['--surface', '--ask'],
        ['--muted', '--accent-soft'],
      ]
      const contrasts = (await it.page.evaluate(contrastOf(pairs))) as { pair: string; contrast: number }[]
      expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([])
    })

    test('who wants no motion gets none', async () => {
      await stageWork(it.house, { history: 1, asks: false })
      await it.renew({ reducedMotion: 'reduce' })
      await it.logIn()
      const seconds = await it.page.evaluate(
        "getComputedStyle(document.querySelector('.activity .pulse')).animationDuration",
      )
      expect(Number.parseFloat(String(seconds))).toBeLessThan(0.001)
    })
  })
})
