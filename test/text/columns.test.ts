import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { columnsOf, NARROW } from '../../src/text/columns.ts'

const everyone = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code))

test('every character that is taken for narrow is one column wide', () => {
  const narrow = everyone.filter((character) => NARROW.test(character))
  expect(narrow.length).toBeGreaterThan(1_000)
  expect(narrow.filter((character) => stringWidth(character) !== 1)).toEqual([])
})

test('any text is as wide as the tables say', () => {
  const character = fc.oneof(
    fc.constantFrom(...everyone.filter((one) => NARROW.test(one))),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(fc.array(character, { maxLength: 8 }), (characters) => {
      const text = characters.join('')
      expect(columnsOf(text)).toBe(stringWidth(text))
    }),
    { examples: [[['✓', ' ', '…', '日本']], [['👩‍👩‍👧', 'é', 'e\u0301']]] },
  )
})
