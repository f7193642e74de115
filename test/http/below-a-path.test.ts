import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { OWN_PATHS } from '../../src/config/kinds.ts'
import { basePathOf, belowBase } from '../../src/http/base-path.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { type House, openHouse } from './house.ts'
import { openProxy, type ProxyWays, type ReverseProxy } from './proxy.ts'
import { ANNA, caller, type Served, serve, TOKEN } from './serve.ts'
import { stageWork } from './stage.ts'
import { TODAY } from './task-files.ts'

const PATH = '/baton'
/** A busy machine takes its time. */
const PATIENCE_MS = 30_000

const opened: { close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

/** A house behind a proxy, below a path. */
async function behind(proxy: ReverseProxy, path = PATH): Promise<{ house: House; served: Served; address: string }> {
  const house = openHouse()
  opened.push(house)
  house.write('tasks/today.md', TODAY)
  const address = `http://127.0.0.1:${proxy.port}${path}`
  // As people write it: with a slash at the end, too.
  const http = { enabled: true, host: '127.0.0.1', port: 0, url: `${address}/`, allowedHosts: [] }
  const served = await serve(house, {
    config: { home: house.home, stateDir: house.stateDir, logsDir: house.logsDir, http },
  })
  opened.push(served)
  proxy.serve(path, served.server.port)
  return { house, served, address }
}

const WAYS: ProxyWays[] = [
  { strips: true, keepsHost: false },
  { strips: true, keepsHost: true },
  { strips: false, keepsHost: false },
  { strips: false, keepsHost: true },
]

describe.each(WAYS)('behind a proxy (takes the path away: $strips, passes the host on: $keepsHost)', (ways) => {
  const open = async () => {
    const proxy = await openProxy(ways)
    opened.push(proxy)
    return { proxy, ...(await behind(proxy)) }
  }

  test('programs reach every kind of route, with its own kind of error', async () => {
    const { address, served } = await open()
    const { get, post, hook } = caller(address)
    expect((await get('/health', { token: null })).json.status).toBe('ok')
    expect((await get('/', { token: null })).json.service).toBe('baton')
    expect((await get('', { token: null })).json.service).toBe('baton')
    expect((await get('/login', { token: null })).headers.get('content-type')).toContain('text/html')
    expect((await get('/api/sessions', { token: null })).json.error.code).toBe('unauthorized')
    expect((await post('/api/quick-start')).status).toBe(202)
    expect((await hook('status')).json.total).toBe(2)
    expect((await hook('status', { secret: 'wrong' })).json).toEqual({ error: expect.any(String) })
    expect((await get('/api/openapi.json')).json.servers).toEqual([{ url: PATH }])
    expect((await get('/nothing')).status).toBe(404)
    // Without the proxy it answers at its own address as ever.
    expect((await served.get('/api/sessions')).json.sessions).toHaveLength(1)
  })

  test('pages of other origins and other names are refused as ever', async () => {
    const { address } = await open()
    const { post } = caller(address)
    const from = (headers: Record<string, string>) => post('/api/quick-start', {}, { headers }).then((r) => r.status)
    expect(await from({ Origin: 'https://evil.example' })).toBe(403)
    expect(await from({ Origin: new URL(address).origin, 'Sec-Fetch-Site': 'cross-site' })).toBe(403)
    expect(await from({ Origin: new URL(address).origin, 'Sec-Fetch-Site': 'same-origin' })).toBe(202)
  })

  test('the cookie of a log-in goes to this path and no other', async () => {
    const { address, served } = await open()
    const { post } = caller(address)
    expect(served.server.oneTimeLink()).toMatch(new RegExp(`^${address}/login#[\\w-]{32}$`))
    const code = new URL(served.server.oneTimeLink()).hash.slice(1)
    const { headers, status } = await post('/api/login', { code }, { token: null })
    expect(status).toBe(200)
    expect(headers.get('set-cookie')).toMatch(/^baton_session=[^;]+; .*Path=\/baton; HttpOnly; SameSite=Strict$/)
  })
})

test('below a path of an https host the cookie is Secure, and not given to the whole host', async () => {
  const house = openHouse()
  opened.push(house)
  const http = { enabled: true, host: '127.0.0.1', port: 0, url: 'https://host.example/baton', allowedHosts: [] }
  const served = await serve(house, {
    config: { home: house.home, stateDir: house.stateDir, logsDir: house.logsDir, http },
  })
  opened.push(served)
  const { headers } = await served.post('/api/login', { token: TOKEN }, { token: null })
  expect(headers.get('set-cookie')).toMatch(/^__Secure-baton_session=[^;]+; .*Path=\/baton; .*; Secure$/)
})

test('the path of an address is found, and taken from a request only where it is the path', () => {
  expect([undefined, 'https://h', 'https://h/', 'https://h/baton', 'https://h/a/b//'].map(basePathOf)).toEqual([
    '',
    '',
    '',
    '/baton',
    '/a/b',
  ])
  const cases = [
    ['/baton', '/'],
    ['/baton/', '/'],
    ['/baton?x=1', '/?x=1'],
    ['/baton/api/asks?x=/baton/', '/api/asks?x=/baton/'],
    ['/batons/api/asks', '/batons/api/asks'],
    ['/api/asks', '/api/asks'],
    ['/', '/'],
    ['/baton//evil.example', '//evil.example'],
    ['/BATON/api', '/BATON/api'],
  ]
  for (const [given = '', wanted] of cases) expect([given, belowBase('/baton', given)]).toEqual([given, wanted])
  expect(belowBase('', '/baton/api')).toBe('/baton/api')
})

test('no path that is refused in the configuration is missing among our own', async () => {
  const house = openHouse()
  opened.push(house)
  const served = await serve(house)
  opened.push(served)
  const first = served.routes.map(({ path }) => path.split('/')[1] ?? '').filter(Boolean)
  for (const word of first) expect(OWN_PATHS).toContain(word)
})

describe.skipIf(!hasBrowser())('the dashboard in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = (await openBrowser()) as Browser
  })
  afterAll(() => browser?.close())

  const complaints: string[] = []
  const newPage = async (): Promise<{ page: Page; context: BrowserContext }> => {
    const context = await browser.newContext()
    opened.push(context)
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[1349]|net::ERR/.test(message.text()))
        complaints.push(message.text())
    })
    return { page, context }
  }
  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  test.each([WAYS[0], WAYS[3]] as ProxyWays[])(
    'works there as at the root (%o)',
    async (ways) => {
      const proxy = await openProxy(ways)
      opened.push(proxy)
      const { house, served, address } = await behind(proxy)
      await stageWork(house, { history: 1, asks: false })
      const run = house.api.view.latestRun()?.id
      const { page, context } = await newPage()
      await page.goto(served.server.oneTimeLink(ANNA))
      await page.waitForSelector('.shell')
      expect(page.url()).toBe(`${address}/`)
      const cookies = await context.cookies(address)
      expect(cookies.map(({ name, path }) => [name, path])).toEqual([['baton_session', PATH]])
      // Events come through, and acts go through.
      house.emit('Something happened')
      await page.locator('.happened', { hasText: 'Something happened' }).waitFor()
      await page.getByRole('button', { name: 'Pause', exact: true }).click()
      await expect.poll(() => house.api.view.status().paused?.by.name).toBe('Anna')
      // Every page, each with modules of its own, and what they fetch.
      for (const hash of ['#/queue', '#/history', '#/cost', '#/health', `#/run/${run}`, `#/run/${run}/task/1`]) {
        await page.goto(`${address}/${hash}`)
        await page.waitForSelector('main h1')
        await page.waitForTimeout(100)
        expect([hash, await page.getByRole('heading', { name: /not found|could not be loaded/i }).count()]).toEqual([
          hash,
          0,
        ])
      }
      // A bookmark without the slash stays logged in.
      await page.goto(address)
      await page.waitForSelector('.shell')
      expect(await page.locator('link[rel=stylesheet]').count()).toBeGreaterThan(5)
      await page.goto(`${address}/#/health`)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByLabel('API token').waitFor()
      expect(await context.cookies(address)).toEqual([])
      await page.getByLabel('API token').fill(TOKEN)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForSelector('.shell')
      expect(proxy.outside).toEqual([])
    },
    120_000,
  )

  test('two Batons below one host keep their log-ins apart', async () => {
    const proxy = await openProxy({ strips: true, keepsHost: true })
    opened.push(proxy)
    const a = await behind(proxy, '/a')
    const b = await behind(proxy, '/b')
    const { page, context } = await newPage()
    for (const { served } of [a, b]) {
      await page.goto(served.server.oneTimeLink(ANNA))
      await page.waitForSelector('.shell')
    }
    const other = await context.newPage()
    for (const { address } of [a, b, a]) {
      await other.goto(`${address}/`)
      await other.waitForSelector('.shell')
    }
    expect(proxy.outside).toEqual([])
  }, 120_000)
})
