import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withMeasured } from '../../bench/readme.ts'

const page = 'Before\n\n<!-- measured -->\nold\n<!-- /measured -->\n\nAfter\n'
const rows = [
  { what: 'tasks', figure: '1.05 (1.00–1.10) times', goal: 'goal ≤ 1.10' },
  { what: 'requests', figure: 'not measured', goal: 'how to' },
]

test('The table holds what was measured in one run and nothing else, and writing it again changes nothing', () => {
  const written = withMeasured(page, rows, 'Today.')
  expect(written).toBe(
    'Before\n\n<!-- measured -->\n\nToday.\n\n| | measured | goal |\n| --- | --- | --- |\n| tasks | 1.05 (1.00–1.10) times | ≤ 1.10 |\n\n<!-- /measured -->\n\nAfter\n',
  )
  expect(withMeasured(written, rows, 'Today.')).toBe(written)
})

test('The README has a place for it, and a page without one is not written', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(withMeasured(readme, rows, 'Today.')).toContain('| tasks |')
  expect(() => withMeasured('nothing', rows, '')).toThrow('no place')
})
