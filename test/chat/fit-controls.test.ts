import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ControlRow, fitControls } from '../../src/chat/fit-controls.ts'
import type { Button } from '../../src/chat/message.ts'

const LIMITS = { rows: 5, perRow: 5, options: 25 }
const rowsOf = fc
  .array(fc.array(fc.boolean(), { maxLength: 9 }), { maxLength: 60 })
  .map((rows) =>
    rows.map((row, r) =>
      row.map((isOption, i): Button => ({ text: 'x', data: `${r}.${i}`, ...(isOption && { isOption }) })),
    ),
  )
const inRow = (row: ControlRow): Button[] => ('list' in row ? row.list : row.buttons)

test('keeps what fits as it is', () => {
  const rows = [[{ text: 'Yes', data: 'y' }], [], [{ text: 'No', data: 'n' }]]
  expect(fitControls(rows, LIMITS)).toEqual([{ buttons: rows[0] }, { buttons: rows[2] }])
})

test('never makes more than a platform takes, and shows everything once that there is room for', () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const fitted = fitControls(rows, LIMITS)
      expect(fitted.length).toBeLessThanOrEqual(LIMITS.rows)
      for (const row of fitted) {
        expect(inRow(row).length).toBeGreaterThan(0)
        expect(inRow(row).length).toBeLessThanOrEqual('list' in row ? LIMITS.options : LIMITS.perRow)
      }
      const shown = fitted.flatMap(inRow).map(({ data }) => data)
      expect(new Set(shown).size).toBe(shown.length)
      const all = rows.flat()
      const others = all.filter(({ isOption }) => !isOption).length
      if (all.length <= 100 && others <= 5) expect(shown.sort()).toEqual(all.map(({ data }) => data).sort())
    }),
    { numRuns: 300 },
  )
})

test('puts many options into lists, in their order, and leaves the rest to be tapped', () => {
  const options = Array.from({ length: 30 }, (_, i): Button[] => [{ text: `${i}`, data: `o${i}`, isOption: true }])
  const rest: Button[] = [{ text: 'Other…', data: 'other' }]
  const fitted = fitControls([...options, rest], LIMITS)
  expect(fitted.map((row) => ('list' in row ? row.list.length : row.buttons))).toEqual([25, 5, rest])
  expect(fitted.flatMap(inRow).map(({ data }) => data)).toEqual([...options.map(([one]) => one?.data), 'other'])
})

test('joins rows that have room for each other, in their order, where a platform has wide ones', () => {
  const row = (...labels: string[]): Button[] => labels.map((text) => ({ text, data: text }))
  const shown = (rows: Button[][], rowUnits: number) =>
    fitControls(rows, { ...LIMITS, rowUnits }).map((one) => inRow(one).map(({ text }) => text))
  const permission = [row('Allow', 'Deny'), row('Allow for this task'), row('Snooze')]
  expect(shown(permission, 45)).toEqual([['Allow', 'Deny', 'Allow for this task', 'Snooze']])
  expect(shown(permission, 30)).toEqual([['Allow', 'Deny', 'Allow for this task'], ['Snooze']])
  expect(shown([row('a', 'b', 'c'), row('d', 'e', 'f')], 45)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ])
})
