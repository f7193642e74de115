import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { call } from '../support/bot-api/call.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
let anna: Person
beforeEach(async () => {
  api = await startBotApi({ limits: { perPrivateChat: { count: 3, perMs: 60_000 }, banS: 7 } })
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(() => api.close())

const send = (text = 'x', chat_id = 4711) => call(api, 'sendMessage', { chat_id, text })
const received = () => anna.sees().messages.length
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: Error & { cause?: { code?: string } }) => error.cause?.code,
  )

describe('faults of the stand-in', () => {
  test('a connection cut before: nothing arrived', async () => {
    api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'reset', when: 'before' } })
    expect(await code(send())).toBe('ECONNRESET')
    expect(received()).toBe(0)
    expect((await send()).ok).toBe(true)
  })

  test('a connection cut after: the message is there and the sender does not know', async () => {
    api.faults.add({ trouble: { kind: 'reset', when: 'after' } })
    expect(await code(send())).toBe('ECONNRESET')
    expect(received()).toBe(1)
  })

  test('a connection cut in the middle of the answer: the message is there and half of the answer too', async () => {
    api.faults.add({ trouble: { kind: 'reset', when: 'midway' } })
    const response = await fetch(`${api.root}/bot${api.token}/sendMessage?chat_id=4711&text=x`)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
    expect(received()).toBe(1)
  })

  test('429 for any method', async () => {
    api.faults.add({ methods: ['getMe'], trouble: { kind: 'flood', retryAfterS: 3 } })
    expect(await call(api, 'getMe')).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } })
  })

  test('5xx, a page of a proxy, a slow answer', async () => {
    api.faults.add({ trouble: { kind: 'status', code: 502 } })
    expect(await send()).toEqual({ ok: false, error_code: 502, description: 'Bad Gateway' })
    api.faults.add({ trouble: { kind: 'garbage', code: 502 } })
    await expect(send()).rejects.toThrow(SyntaxError)
    api.faults.add({ trouble: { kind: 'slow', delayMs: 80 } })
    const began = performance.now()
    await send()
    expect(performance.now() - began).toBeGreaterThan(75)
  })

  test('silence: no answer comes, whatever became of the call', async () => {
    api.faults.add({ trouble: { kind: 'silence', when: 'after' } })
    const abort = AbortSignal.timeout(100)
    const request = fetch(`${api.root}/bot${api.token}/sendMessage?chat_id=4711&text=x`, { signal: abort })
    await expect(request).rejects.toThrow()
    expect(received()).toBe(1)
  })

  test('away: nobody listens; back: the same address works again', async () => {
    await api.away()
    expect(await code(send())).toBe('ECONNREFUSED')
    await api.back()
    expect((await send()).ok).toBe(true)
  })

  test('by rate: the call too many earns a ban for that chat alone, and calls during the ban are counted', async () => {
    const bert = api.person({ id: 4712, name: 'Bert' })
    for (let i = 0; i < 3; i++) expect((await send(`${i}`)).ok).toBe(true)
    expect(await send()).toEqual({
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    })
    expect(api.limiter.violations()).toEqual([])
    expect((await send('x', bert.id)).ok).toBe(true)
    expect(await send()).toMatchObject({ error_code: 429 })
    expect(api.limiter.violations()).toHaveLength(1)
  })

  test('on demand: 429 for as long as told', async () => {
    api.limiter.flood(30)
    expect(await send()).toMatchObject({ parameters: { retry_after: 30 } })
    expect(await call(api, 'getMe')).toMatchObject({ ok: true })
  })
})
