/** Pictures of what the page looks like in less common moments: `node test/http/scenes.ts FOLDER`. Needs Chromium. */
import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { sampleQuestions } from '../support/samples.ts'
import { openBrowser } from './browser.ts'
import { type House, openHouse } from './house.ts'
import { ANNA, serve } from './serve.ts'
import { stageWork } from './stage.ts'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

interface Scene {
  prepare: (house: House) => Promise<void>
  act?: (page: Page) => Promise<void>
}

const anna = { surface: 'telegram', id: '4711', name: 'Anna' } as const

const SCENES: Record<string, Scene> = {
  idle: {
    prepare: async (house) => {
      await stageWork(house, { history: 2, asks: false })
      await house.api.submit({ type: 'stop' }, anna)
      house.dispatcher.apply({ type: 'boot' })
      house.feed.clear(house.feed.current()[0]?.taskId ?? '')
    },
  },
  empty: { prepare: async () => {} },
  question: {
    prepare: async (house) => {
      await stageWork(house, { history: 1, asks: false })
      house.ask({
        kind: 'question',
        tool: 'AskUserQuestion',
        title: 'Claude asks 2 questions',
        questions: sampleQuestions,
      })
    },
    act: async (page) => {
      await page.getByRole('radio', { name: /PostgreSQL/ }).check()
      await page.getByRole('checkbox', { name: 'Passkey' }).check()
    },
  },
  deny: {
    prepare: (house) => stageWork(house, { history: 1 }),
    act: (page) => page.getByRole('button', { name: 'Deny' }).click(),
  },
  failure: {
    prepare: async (house) => {
      await stageWork(house, { history: 1, asks: false })
      house.end({
        kind: 'failed',
        text: 'npm test failed three times: FAIL test/limits.test.ts > allows five tries a minute',
      })
    },
  },
  paused: {
    prepare: async (house) => {
      await stageWork(house, { history: 1, asks: false })
      await house.api.submit({ type: 'pause' }, anna)
    },
    act: (page) => page.getByRole('button', { name: 'Start…' }).click(),
  },
  working: { prepare: (house) => stageWork(house, { history: 1, asks: false }) },
}

const folder = process.argv[2] ?? 'scenes'
const wanted = process.argv[3]?.split(',')
mkdirSync(folder, { recursive: true })
const browser = await openBrowser()
if (!browser) throw new Error('Chromium is not there.')
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted && !wanted.includes(name)) continue
  const house = openHouse()
  await scene.prepare(house)
  const served = await serve(house)
  for (const [size, viewport] of Object.entries(SIZES)) {
    const colorScheme = size === 'phone' ? 'light' : 'dark'
    const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: size === 'phone' ? 2 : 1 })
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(name, size, error.message))
    await page.goto(served.server.oneTimeLink(ANNA))
    await page.waitForSelector('.shell')
    await page.waitForTimeout(400)
    if (size === 'phone' && name === 'paused') await page.getByRole('button', { name: 'More…' }).click()
    await scene.act?.(page)
    await page.waitForTimeout(300)
    await page.screenshot({ path: `${folder}/${name}-${size}.png` })
    await context.close()
  }
  await served.close()
  await house.close()
}
await browser.close()
