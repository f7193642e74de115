import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BREAKS, VERSIONS } from '../../faults/break.ts'

interface Change {
  file: string
  changes: readonly (readonly [string, string])[]
  and?: Change
}

const missing = ({ file, changes, and }: Change): string[] => {
  const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
  const gone = changes.filter(([from]) => !source.includes(from)).map(([from]) => `${file}: ${from}`)
  return and ? [...gone, ...missing(and)] : gone
}

it('every safeguard that a control breaks is still where the control looks for it', () => {
  const all: Record<string, Change> = { ...BREAKS, ...VERSIONS }
  expect(Object.values(all).flatMap(missing)).toEqual([])
})
