import { expect, test } from 'vitest'
import { doneOf, plural, usd } from '../../src/text/amounts.ts'

test('large numbers are grouped, whatever the machine speaks', () => {
  expect([plural(1, 'task'), plural(999, 'task'), plural(12_000, 'task')]).toEqual([
    '1 task',
    '999 tasks',
    '12,000 tasks',
  ])
  expect(doneOf(1_234, 10_000)).toBe('1,234 of 10,000 done')
  expect([0, 0.004, 12.5, 1_234.5, 1_234_567.891].map(usd)).toEqual([
    '$0.00',
    '$0.004',
    '$12.50',
    '$1,234.50',
    '$1,234,567.89',
  ])
})
