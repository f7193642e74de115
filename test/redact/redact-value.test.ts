import { inspect } from 'node:util'
import { Bot } from 'grammy'
import { expect, test } from 'vitest'
import { redactor } from '../../src/redact/redact.ts'
import { redactValue } from '../../src/redact/redact-value.ts'

const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9'
const SECRET = 'planted-secret-0815'
const safe = (value: unknown) => redactValue(redactor([SECRET]), value)

test('values and names of properties, lists, maps and sets are searched', () => {
  const value = {
    [`x-${SECRET}`]: [SECRET, { deep: `a ${SECRET} b` }],
    map: new Map([[SECRET, new Set([SECRET])]]),
    url: new URL(`https://x/?q=${SECRET}`),
    symbol: Symbol(SECRET),
    fine: [1, true, null, undefined, new Date(0), 10n],
  }
  const copy = safe(value)
  expect(inspect(copy, { depth: null })).not.toContain(SECRET)
  expect(copy).toMatchObject({ fine: [1, true, null, undefined, new Date(0), '10'] })
})

test('errors lose it everywhere: message, stack, cause, properties', () => {
  const error = Object.assign(new Error(`outer ${SECRET}`, { cause: new TypeError(SECRET) }), {
    request: { headers: [SECRET] },
  })
  const copy = safe({ error })
  expect(inspect(copy, { depth: null })).not.toContain(SECRET)
  expect(copy).toMatchObject({ error: { name: 'Error', message: 'outer [redacted]', cause: { name: 'TypeError' } } })
})

test('the bot library’s failed request gives the token away, and no longer does', async () => {
  const bot = new Bot(TOKEN, { client: { apiRoot: 'http://127.0.0.1:1' } })
  const error = await bot.api.getMe().then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(inspect(error, { depth: 10 })).toContain(TOKEN)
  expect(inspect(redactValue(redactor([]), error), { depth: 10 })).not.toContain('AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9')
})

test('cycles, hostile getters and bytes are survived', () => {
  const cycle: Record<string, unknown> = { bytes: Buffer.from(SECRET) }
  cycle.self = cycle
  Object.defineProperty(cycle, 'bad', {
    enumerable: true,
    get: () => {
      throw new Error(SECRET)
    },
  })
  expect(safe(cycle)).toEqual({ bytes: '[19 bytes]', self: '[circular]', bad: '[unreadable]' })
  expect(safe([cycle, cycle])).toHaveLength(2)
})
