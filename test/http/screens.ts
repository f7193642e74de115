/** Pictures of every page, or of one, for people to look at: `node test/http/screens.ts FOLDER [full|part] [PAGE]`. Needs Chromium. */
import { mkdirSync } from 'node:fs'
import { openBrowser } from './browser.ts'
import { openHouse } from './house.ts'
import { ANNA, serve } from './serve.ts'
import { PATCH, stageWork } from './stage.ts'
import { environmentsOf, stageEnvironments } from './stage-environments.ts'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

const folder = process.argv[2] ?? 'screens'
mkdirSync(folder, { recursive: true })
const house = openHouse({}, ['shop', 'api', 'pipelines'])
await stageWork(house)
stageEnvironments(house, 'pipelines')
const served = await serve(house, {
  diff: async () => ({ patch: PATCH, truncated: false }),
  gitHubRepo: () => 'acme/app',
  environments: environmentsOf('pipelines'),
})
const browser = await openBrowser()
if (!browser) throw new Error('Chromium is not there.')
const run = house.api.view.latestRun()?.id
const pages = [
  ['now', '#/'],
  ['board', '#/board'],
  ['projects', '#/projects'],
  ['github', '#/github'],
  ['queue', '#/queue'],
  ['task', `#/run/${run}/task/1`],
  ['history', '#/history'],
  ['cost', '#/cost'],
  ['health', '#/health'],
  ['environments', '#/environments'],
].filter(([name]) => process.argv[4] === undefined || name === process.argv[4]) as [string, string][]
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      viewport,
      colorScheme,
      deviceScaleFactor: size === 'phone' ? 2 : 1,
      hasTouch: size === 'phone',
    })
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(size, colorScheme, error.message))
    page.on('console', (message) => message.type() === 'error' && console.error(size, colorScheme, message.text()))
    await page.goto(`${served.url}/`)
    await page.waitForSelector('.login')
    await page.screenshot({ path: `${folder}/login-${size}-${colorScheme}.png` })
    await page.goto(served.server.oneTimeLink(ANNA))
    await page.waitForSelector('.shell')
    for (const [name, hash] of pages) {
      await page.goto(`${served.url}/${hash}`)
      await page.waitForSelector('main h1')
      await page.waitForTimeout(700)
      await page.screenshot({
        path: `${folder}/${name}-${size}-${colorScheme}.png`,
        fullPage: process.argv[3] === 'full',
      })
    }
    await context.close()
  }
}
await browser.close()
await served.close()
await house.close()
