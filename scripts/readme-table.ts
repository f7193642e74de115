import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configTable } from '../src/config/table.ts'

/** The README with its table of the configuration made anew from the keys. */
export function withTable(readme: string): string {
  return readme.replace(
    /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
    (_, open: string, close: string) => `${open}\n${configTable()}\n\n${close}`,
  )
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '../README.md')
  writeFileSync(file, withTable(readFileSync(file, 'utf8')))
}
