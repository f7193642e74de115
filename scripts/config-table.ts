import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configTable } from '../src/config/table.ts'
import { configTemplate } from '../src/config/template.ts'

/** docs/configuration.md with its table made from the keys. */
export function withTable(page: string): string {
  return page.replace(
    /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
    (_, open: string, close: string) => `${open}\n${configTable()}\n\n${close}`,
  )
}

// Both are made from the keys, and tests hold them to it: `npm run config:write` after a key has changed.
if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const page = join(root, 'docs/configuration.md')
  writeFileSync(page, withTable(readFileSync(page, 'utf8')))
  writeFileSync(join(root, 'config.yaml'), configTemplate())
}
