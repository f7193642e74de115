import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configTable } from '../src/config/table.ts'
import { configTemplate } from '../src/config/template.ts'

/** The README with its table of the configuration made anew from the keys. */
export function withTable(readme: string): string {
  return readme.replace(
    /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
    (_, open: string, close: string) => `${open}\n${configTable()}\n\n${close}`,
  )
}

// Both are made from the keys, and tests hold them to it: `npm run config:write` after a key has changed.
if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const readme = join(root, 'README.md')
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
  writeFileSync(join(root, 'config.yaml'), configTemplate())
}
