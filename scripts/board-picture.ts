/** Makes the README's picture of the board from the staged day of the dashboard's tests: `node scripts/board-picture.ts [FILE]`. Needs Chromium. */
import { openBrowser } from '../test/http/browser.ts'
import { openHouse } from '../test/http/house.ts'
import { serve } from '../test/http/serve.ts'
import { stageWork } from '../test/http/stage.ts'

const path = process.argv[2] ?? 'docs/board.png'
const house = openHouse()
await stageWork(house, { history: 2 })
const served = await serve(house)
const browser = await openBrowser()
if (!browser) throw new Error('Chromium is not there.')
const page = await browser.newPage({
  viewport: { width: 1280, height: 560 },
  colorScheme: 'light',
  deviceScaleFactor: 1.5,
})
await page.goto(served.server.oneTimeLink())
await page.waitForSelector('.shell')
await page.goto(`${served.url}/#/board`)
await page.waitForSelector('.column-done .task-card')
await page.screenshot({ path })
await browser.close()
await served.close()
await house.close()
