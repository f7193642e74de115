import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Everything that axe has to say, at every level it knows; nothing is left out. */
export async function complaintsOf(page: Page): Promise<string[]> {
  await page.evaluate(`${AXE}; 0`)
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ': ' + help + ' at ' + target.join(' ') + '\\n' + failureSummary)))`)
}
