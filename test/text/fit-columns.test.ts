import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf } from '../../src/text/columns.ts'
import { wrapToColumns } from '../../src/text/fit-columns.ts'

test('Words are wrapped, none is lost while there are lines, and nothing is wider than asked for', () => {
  expect(wrapToColumns('one two three four', 9, 3)).toEqual(['one two', 'three', 'four'])
  expect(wrapToColumns('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
  expect(wrapToColumns('averylongword then more', 6, 3)).toEqual(['avery…'])
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      (text, columns, most) => {
        const lines = wrapToColumns(text, columns, most)
        expect(lines.length).toBeLessThanOrEqual(most)
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns)
        if (!lines.some((line) => line.endsWith('…'))) expect(lines.join(' ')).toBe(text)
      },
    ),
  )
})
