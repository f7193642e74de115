import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PROPERTY_TYPES } from '../../src/core/ledger-properties.ts'
import { propertyValue } from '../../src/ledger/property.ts'

const texts = (value: object): string[] =>
  (Object.values(value)[0] as { text: { content: string } }[]).map(({ text }) => text.content)

test('a long text is cut into pieces that Notion takes, and no character is torn', () => {
  const long = `${'x'.repeat(1_999)}😀${'y'.repeat(4_000)}`
  const pieces = texts(propertyValue('rich_text', long))
  expect(pieces.join('')).toBe(long)
  expect(pieces.every((piece) => piece.length <= 2_000 && piece.isWellFormed())).toBe(true)
  expect(texts(propertyValue('title', 'z'.repeat(300_000)))).toHaveLength(100)
  expect(texts(propertyValue('title', '😀'.repeat(150_000))).length).toBeLessThanOrEqual(100)
})

test('values keep within the limits of their type', () => {
  expect(propertyValue('select', 'a, b')).toEqual({ select: { name: 'a b' } })
  expect(propertyValue('select', undefined)).toEqual({ select: null })
  expect(propertyValue('multi_select', ['a', 'a', '', 'b,c'])).toEqual({
    multi_select: [{ name: 'a' }, { name: 'b c' }],
  })
  expect(propertyValue('date', new Date('2026-11-27T01:02:03Z'))).toEqual({
    date: { start: '2026-11-27T01:02:03.000Z' },
  })
  expect(propertyValue('url', 'https://example.org/a')).toEqual({ url: 'https://example.org/a' })
  expect(propertyValue('url', 'javascript:alert(1)')).toEqual({ url: null })
  expect(propertyValue('url', '')).toEqual({ url: null })
  expect(propertyValue('number', Number.NaN)).toEqual({ number: null })
  expect(propertyValue('checkbox', undefined)).toEqual({ checkbox: false })
})

test('whatever the fact, the value is one that Notion takes', () => {
  const fact = fc.oneof(
    ...[fc.string({ unit: 'binary', maxLength: 5_000 }), fc.double(), fc.boolean(), fc.date({ noInvalidDate: false })],
    fc.array(fc.string(), { maxLength: 150 }),
    fc.constant(undefined),
  )
  fc.assert(
    fc.property(fc.constantFrom(...PROPERTY_TYPES), fact, (type, value) => {
      const made = propertyValue(type, value) as Record<string, unknown>
      expect(Object.keys(made)).toEqual([type])
      const options = [made.select, ...((made.multi_select ?? []) as object[])].filter((one) => one)
      for (const { name } of options as { name: string }[]) {
        expect(name.length).toBeLessThanOrEqual(100)
        expect(name).not.toMatch(/,|\n/)
        expect(name).not.toBe('')
      }
      expect(Number.isNaN(made.number)).toBe(false)
    }),
  )
})
