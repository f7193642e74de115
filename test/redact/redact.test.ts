import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REDACTED, redactor } from '../../src/redact/redact.ts'

const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9'
const SECRET = `pa"ss&w'o/rd <ü> 4711`

/** Long enough to be one, of any characters. */
const anySecret = fc
  .string({ minLength: 8, maxLength: 60, unit: 'binary' })
  .filter((text) => text.isWellFormed() && !REDACTED.includes(text))

describe('a planted secret is gone', () => {
  const redact = redactor([SECRET])
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ key: SECRET }))],
    [
      'in JSON within JSON, in a line of JSON',
      JSON.stringify({ text: JSON.stringify(JSON.stringify({ key: SECRET })) }),
    ],
    ['in a shell', `echo '${SECRET.replaceAll("'", String.raw`'\''`)}'`],
    [
      'in a shell, in a line of JSON',
      JSON.stringify({ command: `echo '${SECRET.replaceAll("'", String.raw`'\''`)}'` }),
    ],
    ['in an address', `https://x/?q=${encodeURIComponent(SECRET)}`],
    [
      'in an address with small hexadecimal',
      `https://x/?q=${encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())}`,
    ],
    ['in a form', new URLSearchParams({ q: SECRET }).toString()],
    [
      'in HTML',
      SECRET.replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['in capital hexadecimal', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('%s', (_where, text) => {
    const safe = redact(`before ${text} after`)
    expect(safe).toContain(REDACTED)
    expect(safe).not.toContain('4711')
    expect(safe).toMatch(/^before .* after$/)
  })

  test('whatever it is made of, in every form and with any neighbours', () => {
    fc.assert(
      fc.property(anySecret, fc.string(), fc.string(), (secret, before, after) => {
        const around = (text: string) => before + text + after
        const redactThis = redactor([secret])
        const forms: [string, string][] = [
          [around(secret), secret],
          [JSON.stringify(around(secret)), JSON.stringify(secret).slice(1, -1)],
          [encodeURIComponent(around(secret).toWellFormed()), encodeURIComponent(secret)],
          [Buffer.from(around(secret)).toString('hex'), Buffer.from(secret).toString('hex')],
        ]
        for (const [text, form] of forms) expect(redactThis(text)).not.toContain(form)
      }),
      { numRuns: 200 },
    )
  })

  test('inside base64 of a longer text, as in Basic authorization', () => {
    fc.assert(
      fc.property(anySecret, fc.string(), fc.string(), (secret, before, after) => {
        const safe = redactor([secret])(Buffer.from(before + secret + after).toString('base64'))
        const pieces = safe.split(REDACTED)
        expect(pieces.length).toBeGreaterThan(1)
      }),
      { numRuns: 200 },
    )
  })
})

describe('whatever has the shape of a token is gone, though nobody told us of it', () => {
  test.each<[text: string, safe: string]>([
    [
      `GET https://api.telegram.org/bot${TOKEN}/getMe failed`,
      'GET https://api.telegram.org/bot[redacted]/getMe failed',
    ],
    ['key sk-ant-api03-abcDEF_123-456 end', 'key [redacted] end'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
    ...['gho', 'ghu', 'ghs', 'ghr'].map((kind): [string, string] => [`${kind}_${'a1B2'.repeat(9)}`, '[redacted]']),
    ['github_pat_11ABCDEFG0abcdefghijkl_xyz', '[redacted]'],
    ['Authorization: Bearer abc.def-ghi_jkl==', 'Authorization: [redacted]'],
    ['xoxb-1234567890-abcdef', '[redacted]'],
    ['glpat-abcdefghij0123456789', '[redacted]'],
    [
      '//registry.npmjs.org/:_authToken=npm_abcdefghijklmnopqrstuvwxyz0123456789',
      '//registry.npmjs.org/:_authToken=[redacted]',
    ],
    ['OPENAI_API_KEY=sk-proj-abcdefghijklmnopqrst_uvwx', 'OPENAI_API_KEY=[redacted]'],
    [`charge with sk_live_${'a1'.repeat(12)}.`, 'charge with [redacted].'],
    [`key=AIza${'aB-_3'.repeat(7)}&q=1`, 'key=[redacted]&q=1'],
    ['aws_access_key_id = AKIAIOSFODNN7EXAMPLE', 'aws_access_key_id = [redacted]'],
  ])('%s', (text, safe) => {
    expect(redactor([])(text)).toBe(safe)
  })

  test.each([
    '12:30:45 session 1234567: ok',
    'the bearer of news',
    'sk-ant',
    'npm_config_registry and sk-circle-fade-dot',
    'AKIA is a prefix, ASIAN FOOD MARKET NEARBY a market',
    'sha 0123456789abcdef0123456789abcdef01234567',
  ])('and %j stays', (text) => {
    expect(redactor([])(text)).toBe(text)
  })
})

test('a secret that holds signs of Markdown is known without them, as in a title that was read out of a heading', () => {
  const redactThis = redactor(['correct*horse*battery', '__dunder__-password', 'pass~~word~~1', 'a\\_`b`-long-one'])
  for (const read of ['correcthorsebattery', 'dunder-password', 'password1', 'a_b-long-one'])
    expect(redactThis(`x ${read} y`)).toBe(`x ${REDACTED} y`)
})

describe('what draws nothing does not keep a secret from being found', () => {
  const redactThis = redactor([SECRET])
  const token = `sk-ant-api03-${'a1B2'.repeat(8)}`
  const gaps = [
    '\u200b',
    '\u2060\u00ad',
    '\ufe0f',
    '\u{e0041}',
    '\x1b[1m',
    '\x1b]8;;https://a.example\x07',
    '\x00',
    '\x08',
  ]
  test.each(gaps)('%j', (gap) => {
    for (const secret of [SECRET, token])
      for (const at of [1, 9, secret.length - 2]) {
        const apart = secret.slice(0, at) + gap + secret.slice(at)
        expect(redactThis(`${gap}x ${apart}${gap} y`)).toBe(`${gap}x ${REDACTED}${gap} y`)
      }
  })

  test('and stays where there is no secret', () => {
    const text = 'a\u200bb \x1b[1mbold\x1b[0m 👩‍🔧'
    expect(redactThis(`${text} ${SECRET} ${text}`)).toBe(`${text} ${REDACTED} ${text}`)
  })
})

test.each(['**', '`', '~~', '[', '](https://a.example/b)', '&#97;', '&shy;', '\\_'])(
  'the rest of a token is not left behind %s, where only its beginning has the shape of one',
  (gap) => {
    const rest = 'Zq7Rest0fIt'
    expect(redactor([])(`x sk-ant-api03-abcdefgh${gap}${rest}${gap}${rest} y`)).toBe(`x ${REDACTED} y`)
  },
)

test('what a cut has left of a secret is gone as well, and other texts before an ellipsis stay', () => {
  const redact = redactor([SECRET])
  expect(redact(`Run echo ${SECRET.slice(0, 12)}… and ${SECRET}…`)).toBe('Run echo [redacted]… and [redacted]…')
  expect(redact(`names "${TOKEN.slice(0, 24)}…", and ghp_abcdefghij…`)).toBe('names "[redacted]…", and [redacted]…')
  for (const text of ['Wait…', `${SECRET.slice(0, 7)}…`, 'at 12:30:45…', '… and on']) expect(redact(text)).toBe(text)
})

test('a secret that is too short to tell from a word is left to the warning of the configuration', () => {
  expect(redactor(['', 'abc', 'secret'])('abcdef secret')).toBe('abcdef secret')
})

test('the longest of several secrets that begin alike goes first', () => {
  expect(redactor(['abcdefgh', 'abcdefghij'])('x abcdefghij y abcdefgh z')).toBe('x [redacted] y [redacted] z')
})

// A quadratic step takes minutes at this size.
test('long texts are read in one go, hostile ones included', () => {
  const redact = redactor([TOKEN, SECRET, 'another-secret-value'])
  for (const text of [
    '1234567890'.repeat(100_000),
    'Bearer '.repeat(100_000),
    'sk-ant-'.repeat(100_000),
    `${'a'.repeat(999_999)}:`,
  ]) {
    expect(redact(text).length).toBeGreaterThan(0)
  }
})
