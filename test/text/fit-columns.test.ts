import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf } from '../../src/text/columns.ts'
import { wrapToColumns, wrapWhole } from '../../src/text/fit-columns.ts'

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

test('all words of a text that is wrapped whole are there, in order, and lines are narrow where words are', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(words, fc.nat(6), fc.integer({ min: 20, max: 60 }), (list, indent, columns) => {
      const text = `${' '.repeat(indent)}${list.join(' ')}`
      const lines = wrapWhole(text, columns)
      expect(lines.map((line) => line.trim()).join(' ')).toBe(text.trim())
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(columns)
        expect(/^ */.exec(line)?.[0].length).toBe(indent)
      }
    }),
  )
})
