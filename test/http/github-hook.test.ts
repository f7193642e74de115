import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rememberDelivery } from '../../src/store/github-state.ts'
import { freshDatabase } from '../support/github/client.ts'
import { EXAMPLES } from '../support/github/shapes.ts'
import { type House, openHouse } from './house.ts'
import { type Served, serve } from './serve.ts'

const SECRET = 'a secret of github'
let house: House
let served: Served
let hints = 0
const db = freshDatabase()
beforeAll(async () => {
  house = openHouse()
  served = await serve(house, {
    gitHubHook: {
      secret: SECRET,
      isNew: (delivery) => rememberDelivery(db, { ...delivery, at: 1 }),
      hint: () => {
        hints++
      },
    },
  })
})
afterAll(async () => {
  await served.close()
  await house.close()
})
beforeEach(() => {
  hints = 0
})

let count = 0
const signature = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
const post = async (body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`http://127.0.0.1:${served.server.port}/webhooks/github`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': `id-${++count}`,
      'x-hub-signature-256': signature(body),
      ...headers,
    },
  })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

describe('webhooks of GitHub', () => {
  test('every real payload is heard once, and forged or replayed ones do nothing', async () => {
    const payloads = EXAMPLES.flatMap(({ name, examples }) =>
      examples.map((one, index) => JSON.stringify({ ...one, test: `${name} ${index}` })),
    )
    expect(payloads.length).toBeGreaterThan(200)
    for (const body of payloads) {
      const seen = hints
      expect((await post(body, { 'x-hub-signature-256': signature(body, 'wrong') })).status).toBe(401)
      expect((await post(`${body} `, { 'x-hub-signature-256': signature(body) })).status).toBe(401)
      expect(hints).toBe(seen)
      expect(await post(body)).toMatchObject({ status: 200, json: { status: 'ignored' } })
      expect(hints).toBe(seen + 1)
      // The same body under another id: only the body is signed.
      expect((await post(body)).json).toEqual({ status: 'ignored', reason: 'This delivery was already received.' })
      expect(hints).toBe(seen + 1)
    }
  })

  test.each([
    ['none', ''],
    ['of another kind', 'sha1=0000000000000000000000000000000000000000'],
    ['too short', 'sha256=00'],
    ['too long', `sha256=${'0'.repeat(6_400)}`],
    ['no hex', `sha256=${'z'.repeat(64)}`],
  ])('a signature that is %s is refused', async (_, given) => {
    const { status, json } = await post('{}', { 'x-hub-signature-256': given })
    expect([status, json]).toEqual([401, { error: 'The signature is wrong.' }])
    expect(hints).toBe(0)
  })

  test('the same id with another body is a replay, too', async () => {
    await post('{"a":1}', { 'x-github-delivery': 'twice' })
    await post('{"a":2}', { 'x-github-delivery': 'twice' })
    expect(hints).toBe(1)
  })

  test('the form that GitHub sends by default is read like JSON, by its own signature', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const form = `payload=${encodeURIComponent('{"zen":"Keep it – simple"}')}`
    expect(await post(form, type)).toMatchObject({ status: 200, json: { status: 'ignored' } })
    expect(hints).toBe(1)
    expect((await post(`${form}&more=1`, { ...type, 'x-hub-signature-256': signature(form) })).status).toBe(401)
    expect((await post('zen=1', type)).status).toBe(400)
    expect(hints).toBe(1)
  })

  test('what is no JSON, or too large, is refused without a fault', async () => {
    expect((await post('{', {})).status).toBe(400)
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415)
    const large = JSON.stringify({ a: 'x'.repeat(11 * 1_024 * 1_024) })
    expect((await post(large)).status).toBe(413)
    expect(hints).toBe(0)
  })
})
