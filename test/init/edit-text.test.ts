import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEnvText } from '../../src/config/env-file.ts'
import { withEnvValues, withIgnored } from '../../src/init/edit-text.ts'

const names = fc.constantFrom('A', 'B', 'TELEGRAM_BOT_TOKEN')
const values = fc.stringMatching(/^[\w:./ ,#'-]{0,30}$/).map((text) => text.trim())
const lines = fc.oneof(
  fc.tuple(names, fc.stringMatching(/^\w{0,10}$/)).map(([name, value]) => `${name}=${value}`),
  fc.constantFrom('# words', '', 'export OTHER=1'),
)

test('values that were set are read back, and everything else stays', () => {
  fc.assert(
    fc.property(
      fc.array(lines),
      fc.constantFrom('\n', '\r\n'),
      fc.dictionary(names, values, { minKeys: 1 }),
      (before, end, wanted) => {
        const text = before.map((line) => line + end).join('')
        const after = readEnvText(withEnvValues(text, wanted)).values
        expect(after).toEqual({ ...readEnvText(text).values, ...wanted })
        expect(withEnvValues(text, wanted)).toContain(before.filter((line) => line.startsWith('#')).at(-1) ?? '')
      },
    ),
    { numRuns: 300 },
  )
})

test('lines of .gitignore are added once, whatever way they stand there', () => {
  expect(withIgnored('', ['.env', '.baton/'])).toBe('.env\n.baton/\n')
  expect(withIgnored('/.env\n.baton', ['.env', '.baton/'])).toBe('/.env\n.baton')
  expect(withIgnored('a', ['.env'])).toBe('a\n.env\n')
})
