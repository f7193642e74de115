import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactor } from '../../src/redact/redact.ts'
import { chunkRedactor } from '../../src/redact/redact-stream.ts'

const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9'
const SECRETS = ['planted-secret-0815', 'with\nline break', 'ünïcödé-sëcrét']

/** Texts full of whole and broken secrets. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(TOKEN, 'Bearer abcdefghijklmnop', 'Bearer ', 'sk-ant-', '\n', '123456789:', ...SECRETS),
      fc.constantFrom(...SECRETS, TOKEN).map((secret) => secret.slice(0, 9)),
      fc.constantFrom('\u200b', '\x1b[1m', '\x1b]8;;https://a.example\x07', '\x1b', '**', '&#97;'),
      fc.string(),
      fc.constant('x'.repeat(3_000)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 200 })

function inPieces<T extends { length: number }>(
  whole: T,
  lengths: number[],
  slice: (from: number, to: number) => T,
): T[] {
  const pieces: T[] = []
  for (let from = 0, turn = 0; from < whole.length; turn++) {
    const length = (lengths[turn % lengths.length] ?? 0) + 1
    pieces.push(slice(from, from + length))
    from += length
  }
  return pieces
}

test('what comes out is what redacting the whole would give, wherever the pieces were cut', () => {
  fc.assert(
    fc.property(texts, cuts, fc.boolean(), (whole, lengths, multiline) => {
      const secrets = multiline ? SECRETS : SECRETS.filter((secret) => !secret.includes('\n'))
      const chunks = chunkRedactor(secrets)
      const out = inPieces(whole, lengths, (from, to) => whole.slice(from, to)).map((piece) => chunks.push(piece))
      expect(out.join('') + chunks.end()).toBe(redactor(secrets)(whole))
    }),
    { numRuns: 300 },
  )
})

test('a finished line comes out at once', () => {
  const chunks = chunkRedactor(['planted-secret-0815'])
  expect(chunks.push('first line\nsecond pla')).toBe('first line\n')
  expect(chunks.push('nted-secret-0815 here\n')).toBe('second [redacted] here\n')
})

test('a line without end is let through bit by bit and not kept as a whole', () => {
  const chunks = chunkRedactor(['planted-secret-0815'])
  let out = 0
  for (let piece = 0; piece < 1_000; piece++) out += chunks.push('x'.repeat(1_000)).length
  expect(out).toBeGreaterThan(980_000)
})

// A quadratic step takes minutes at this size.
test('a long line may come in tiny pieces', () => {
  const chunks = chunkRedactor(['planted-secret-0815'])
  let length = 0
  for (let piece = 0; piece < 2_000_000; piece++) length += chunks.push('y').length
  expect(length + chunks.end().length).toBe(2_000_000)
})

describe('in a line that is longer than what is held back', () => {
  // Longer than every shape of a token, so that it decides how much is held back.
  const LONG = Array.from({ length: 1_200 }, (_, i) => `key${i.toString().padStart(6, '0')}`).join('')
  const OTHER = 'planted-secret-0815'
  /** The longest form of a secret is the one in hexadecimal. */
  const HELD = 2 * LONG.length
  const before = 'x'.repeat(3 * HELD)
  const inTwo = (whole: string, cut: number) => {
    const chunks = chunkRedactor([LONG, OTHER])
    return [chunks.push(whole.slice(0, cut)), chunks.push(whole.slice(cut)), chunks.end()].join('')
  }

  test('a secret is hidden wherever what is let out at once comes to an end in it', () => {
    const whole = `${before}${OTHER}${'y'.repeat(2 * HELD)}`
    for (let inside = 0; inside <= OTHER.length; inside++)
      expect(inTwo(whole, before.length + inside + HELD), `${inside}`).toBe(whole.replace(OTHER, '[redacted]'))
  })

  test('a secret as long as a private key is hidden, cut anywhere', () => {
    const whole = `${before}${LONG} and on`
    for (const at of [1, 4_000, 9_000, LONG.length - 1])
      expect(inTwo(whole, before.length + at), `${at}`).toBe(`${before}[redacted] and on`)
  })

  test('of a token whose end has not come yet, no end is let out later', () => {
    const whole = `${before} ghp_${'a1'.repeat(40)}`
    expect(inTwo(whole, whole.length - 40)).toBe(`${before} [redacted]`)
  })
})
