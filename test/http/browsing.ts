import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { hasBrowser, openBrowser } from './browser.ts'
import { type House, openHouse } from './house.ts'
import { type Served, serve } from './serve.ts'
import { PATCH } from './stage.ts'
import { TODAY } from './task-files.ts'

/** A house, its server and a page in a real browser; made anew for each test. */
export interface Browsing {
  house: House
  served: Served
  context: BrowserContext
  page: Page
  /** Everything that the page complained about, or asked of other hosts. Must be empty in the end. */
  complaints: string[]
  /** A fresh browser profile. */
  renew: (options?: BrowserContextOptions) => Promise<void>
  logIn: () => Promise<void>
  start: () => Promise<unknown>
  /** Places of the events that are shown, newest first. */
  seqsShown: () => Promise<number[]>
}

const EXPECTED = /status of 40[1349]|net::ERR/

/** Opens and closes everything around the tests of a file. */
export function useBrowsing(): Browsing {
  let browser: Browser | undefined
  const it = {} as Browsing
  if (!hasBrowser()) console.log('Not tested: there is no Chromium at /usr/bin/chromium (or where CHROMIUM says).')

  it.renew = async (options = {}) => {
    await it.context?.close()
    it.context = await (browser as Browser).newContext({ viewport: { width: 1280, height: 800 }, ...options })
    it.page = await it.context.newPage()
    it.page.setDefaultTimeout(process.env.CI ? 30_000 : 10_000)
    it.page.on('pageerror', (error) => it.complaints.push(`error: ${error.message}`))
    it.page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) it.complaints.push(`console: ${message.text()}`)
    })
    it.page.on('request', (request) => {
      const isOwn = /^(http:\/\/127\.0\.0\.1:\d+|blob:)/.test(request.url())
      if (!isOwn) it.complaints.push(`asked another host: ${request.url()}`)
    })
  }
  it.logIn = async () => {
    await it.page.goto(it.served.server.oneTimeLink('Anna'))
    await it.page.waitForSelector('.shell')
  }
  it.start = () =>
    it.house.face.submit({ type: 'start', files: ['tasks/today.md'] }, { surface: 'telegram', who: 'Ben' })
  it.seqsShown = async () => {
    const items = await it.page.locator('.happened li').all()
    return Promise.all(items.map(async (item) => Number(await item.getAttribute('data-seq'))))
  }

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    it.complaints = []
    it.house = openHouse()
    it.house.write('tasks/today.md', TODAY)
    it.served = await serve(it.house, { diff: async () => ({ patch: PATCH, truncated: false }) })
    await it.renew()
  })
  afterEach(async () => {
    await it.context.close()
    await it.served.close()
    await it.house.close()
    expect(it.complaints).toEqual([])
  })
  return it
}
