import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { HttpDeps } from '../../src/http/deps.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { type House, openHouse } from './house.ts'
import { NO_LOOKS } from './in-page.ts'
import { ANNA, type Served, serve } from './serve.ts'
import { PATCH } from './stage.ts'
import { environmentsOf } from './stage-environments.ts'
import { TODAY } from './task-files.ts'

/** A house, its server and a page in a real browser; new for each test. */
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
  /** Complaints of the browser itself that this test provokes, such as a server that is not there. */
  expectComplaint: (words: RegExp) => void
  /** Nothing is found out by looking now and then: what the page shows, it heard of. For pages opened from here on. */
  onlyHears: () => Promise<void>
  /** The daemon goes, and comes back at the same address after what happens meanwhile. */
  restart: (meanwhile?: () => Promise<unknown> | unknown, options?: Partial<HttpDeps>) => Promise<void>
  start: () => Promise<unknown>
  /** Places of the events that are shown, newest first. */
  seqsShown: () => Promise<number[]>
}

/** What a browser says when a server is not there. */
export const NOT_THERE = /net::ERR/

/** What it says of an answer with a status. */
export const refused = (status: number): RegExp => new RegExp(`status of ${status}`)

/** Opens and closes everything around the tests of a file. */
export function useBrowsing(): Browsing {
  let browser: Browser | undefined
  const it = {} as Browsing
  let expected: RegExp[] = []
  if (!hasBrowser()) console.log('Not tested: there is no Chromium at /usr/bin/chromium (or where CHROMIUM says).')

  it.renew = async (options = {}) => {
    await it.context?.close()
    it.context = await (browser as Browser).newContext({ viewport: { width: 1280, height: 800 }, ...options })
    it.page = await it.context.newPage()
    it.page.setDefaultTimeout(process.env.CI ? 30_000 : 10_000)
    it.page.on('pageerror', (error) => it.complaints.push(`error: ${error.message}`))
    it.page.on('console', (message) => {
      const isExpected = expected.some((words) => words.test(message.text()))
      if (message.type() === 'error' && !isExpected) it.complaints.push(`console: ${message.text()}`)
    })
    it.page.on('request', (request) => {
      const isOwn = /^(http:\/\/127\.0\.0\.1:\d+|blob:)/.test(request.url())
      if (!isOwn) it.complaints.push(`asked another host: ${request.url()}`)
    })
  }
  it.logIn = async () => {
    await it.page.goto(it.served.server.oneTimeLink(ANNA))
    await it.page.waitForSelector('.shell')
  }
  it.expectComplaint = (words) => void expected.push(words)
  it.onlyHears = async () => void (await it.context.addInitScript(NO_LOOKS))
  it.restart = async (meanwhile, options = {}) => {
    it.expectComplaint(NOT_THERE)
    const { port } = it.served.server
    await it.served.close()
    await meanwhile?.()
    const { home, stateDir, logsDir } = it.house
    const http = { enabled: true, host: '127.0.0.1', port, allowedHosts: [] }
    it.served = await serve(it.house, { config: { home, stateDir, logsDir, http }, ...options })
  }
  it.start = () =>
    it.house.api.submit({ type: 'start', files: ['tasks/today.md'] }, { surface: 'telegram', id: '4712', name: 'Ben' })
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
    expected = []
    it.house = openHouse()
    it.house.write('tasks/today.md', TODAY)
    it.served = await serve(it.house, {
      diff: async () => ({ patch: PATCH, truncated: false }),
      environments: environmentsOf('main'),
    })
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
