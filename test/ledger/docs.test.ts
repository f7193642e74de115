import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LEDGER_PROPERTIES } from '../../src/core/ledger-properties.ts'

test('docs/notion.md lists exactly what there is', () => {
  const docs = readFileSync(new URL('../../docs/notion.md', import.meta.url), 'utf8')
  const rows = [...docs.matchAll(/^\| (.+) \| (\w+) \| `(.+)` \|$/gm)].map(([, name, type, source]) => [
    name,
    { type, source },
  ])
  expect(Object.fromEntries(rows)).toEqual(LEDGER_PROPERTIES)
})
