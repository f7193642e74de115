import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clean, cleanLine } from '../../src/terminal/show/clean.ts'

it('makes escapes visible, so that no text can hide or rewrite what is approved', () => {
  expect(clean('rm -rf /\u001b[2K\recho ok')).toBe('rm -rf /⟦U+001B⟧[2K⟦U+000D⟧echo ok')
})

it('shows characters that turn the direction of a text or take no room', () => {
  expect(clean('a\u202eb\u200bc')).toBe('a⟦U+202E⟧b⟦U+200B⟧c')
})

it('keeps line breaks and makes tabs spaces', () => {
  expect(clean('a\nb\tc\nd')).toBe('a\nb    c\nd')
  expect(cleanLine('a\r\n  b\tc ')).toBe('a b c')
})

it('leaves nothing that steers a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(clean(text)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})
