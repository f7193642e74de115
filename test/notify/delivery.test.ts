import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, NOW, openHouse } from './house.ts'
import { startReceiver, type TestReceiver } from './receiver.ts'

let house: House
let receiver: TestReceiver
beforeEach(async () => {
  house = openHouse()
  receiver = await startReceiver()
})
afterEach(async () => {
  await house.close()
  await receiver.close()
})

const texts = (taken: { text?: string; message?: string }[] = receiver.taken()) =>
  taken.map((body) => body.text ?? body.message)
const notes = (...list: (string | number)[]) => {
  for (const text of list) house.happen('note', { text: String(text) })
}

describe('a receiver that is in trouble', () => {
  test('gets everything in order when it is there again, and the trouble is told once', async () => {
    const { port } = receiver
    await receiver.close()
    house.tell([{ url: `http://127.0.0.1:${port}`, format: 'n8n' }])
    notes(1, 2, 3)
    await expect.poll(() => house.words).toEqual(['n8n at 127.0.0.1: ECONNREFUSED'])
    await new Promise((resolve) => setTimeout(resolve, 100))
    receiver = await startReceiver(port)
    notes(4)
    await expect.poll(() => texts()).toEqual(['1', '2', '3', '4'])
    await expect.poll(() => house.words).toEqual(['n8n at 127.0.0.1: ECONNREFUSED', 'n8n at 127.0.0.1: works again'])
    expect(house.outgoing.deliveries.pending(10)).toEqual([])
  })

  test.each([500, 503, 404, 401, 403, 408])('that answers %i loses nothing', async (status) => {
    let failures = 4
    receiver.behave(() => (failures-- > 0 ? status : 200))
    house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(1, 2, 3)
    await expect.poll(() => texts()).toEqual(['1', '2', '3'])
    expect(house.words).toEqual([`n8n at 127.0.0.1: answered ${status}`, 'n8n at 127.0.0.1: works again'])
  })

  test('that resets connections or does not answer in time loses nothing', async () => {
    let turn = 0
    receiver.behave(() => (['reset', 'hang', 'reset'] as const)[turn++])
    house.tell([{ url: receiver.url, format: 'n8n' }], { timeoutMs: 100 })
    notes(1, 2)
    await expect.poll(() => texts()).toEqual(['1', '2'])
  })

  test('that answers 429 is left alone for as long as it says', async () => {
    let turn = 0
    receiver.behave((_, response) => {
      if (turn++ > 0) return 200
      response.setHeader('Retry-After', '0.4')
      return 429
    })
    house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(1, 2)
    await expect.poll(() => texts()).toEqual(['1', '2'])
    const [first, second] = receiver.requests
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(400)
    expect(house.words).toEqual([])
  })

  test('that refuses one item is asked three times, then told the next, and the loss is told', async () => {
    receiver.behave(({ text }) => (text.includes('bad') ? 422 : 200))
    house.tell([{ url: receiver.url, format: 'n8n' }])
    notes('good', 'bad', 'fine')
    await expect.poll(() => texts()).toEqual(['good', 'fine'])
    expect(receiver.requests).toHaveLength(5)
    expect(house.words).toContain('n8n at 127.0.0.1 lost 1: answered 422')
  })

  test('does not keep the others waiting, nor who makes things happen', async () => {
    const slow = await startReceiver()
    slow.behave(() => 'hang')
    house.tell([
      { url: slow.url, format: 'n8n' },
      { url: receiver.url, format: 'n8n' },
    ])
    notes(...Array.from({ length: 50 }, (_, i) => i))
    await expect.poll(() => texts().length).toBe(50)
    expect(slow.requests).toHaveLength(1)
    await slow.close()
  })

  test('keeps a week, and gives up what is older only after it was really tried', async () => {
    let clock = NOW
    receiver.behave(() => 500)
    house.tell([{ url: receiver.url, format: 'n8n' }], { wallClock: () => clock, random: () => 3.999_999 })
    notes(1, 2)
    await expect.poll(() => receiver.requests.length).toBeGreaterThan(3)
    // Forty days ahead at once: a clock that jumped has not tried, so it keeps trying until there were twenty.
    clock += 40 * 86_400_000
    await expect.poll(() => house.words).toContain('n8n at 127.0.0.1 lost 2: could not be reached for 7 days')
    expect(house.outgoing.deliveries.pending(10)).toEqual([])
    expect(receiver.requests.length).toBeGreaterThanOrEqual(20)
  })
})

describe('over restarts', () => {
  test('everything that happened meanwhile is told, once and in order', async () => {
    const receivers = [{ url: receiver.url, format: 'n8n' as const }]
    const first = house.tell(receivers)
    notes(1)
    await expect.poll(() => texts()).toEqual(['1'])
    await first.stop()
    notes(2, 3)
    house.tell(receivers)
    notes(4)
    await expect.poll(() => texts()).toEqual(['1', '2', '3', '4'])
    expect(new Set(receiver.requests.map(({ headers }) => headers['x-baton-delivery'])).size).toBe(4)
  })

  test('stop sends what just happened, and gives up after its grace', async () => {
    const first = house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(1, 2, 3)
    await first.stop()
    expect(texts()).toEqual(['1', '2', '3'])
    receiver.behave(() => 'hang')
    const second = house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(4)
    await second.stop(200)
    receiver.behave(() => 200)
    house.tell([{ url: receiver.url, format: 'n8n' }])
    await expect.poll(() => texts()).toEqual(['1', '2', '3', '4'])
  })

  test('a new receiver hears what happens from then on, and one that left is forgotten with what waited for it', async () => {
    // A try that is under way when the receiver leaves is answered at any time.
    receiver.behave(({ path }) => (path === '/old' ? 500 : 200))
    const first = house.tell([{ url: `${receiver.url}/old`, format: 'n8n' }])
    notes('before')
    await expect.poll(() => receiver.requests.length).toBeGreaterThan(0)
    await first.stop(0)
    const second = house.tell([{ url: `${receiver.url}/new`, format: 'n8n' }])
    notes('after')
    await expect.poll(() => texts()).toEqual(['after'])
    expect(house.words.at(-1)).toBe('a receiver that is no longer configured lost 1: it was taken out of `notify`')
    await second.stop()
    const none = house.tell([])
    notes('nobody')
    await none.stop()
    receiver.behave(() => 200)
    house.tell([{ url: `${receiver.url}/old`, format: 'n8n' }])
    notes('back')
    await expect.poll(() => texts()).toEqual(['after', 'back'])
  })

  test('the wait that a receiver asked for holds over a restart', async () => {
    receiver.behave((_, response) => {
      response.setHeader('Retry-After', '30')
      return 429
    })
    const first = house.tell([{ url: receiver.url, format: 'n8n' }], { wallClock: () => NOW })
    notes(1)
    await expect.poll(() => receiver.requests.length).toBe(1)
    await first.stop(0)
    receiver.behave(() => 200)
    const second = house.tell([{ url: receiver.url, format: 'n8n' }], { wallClock: () => NOW + 20_000 })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(receiver.requests).toHaveLength(1)
    await second.stop(0)
    house.tell([{ url: receiver.url, format: 'n8n' }], { wallClock: () => NOW + 31_000 })
    await expect.poll(() => texts()).toEqual(['1'])
  })
})

describe('a signed request', () => {
  test('can be proved by its receiver, with a time and an id that stays over retries', async () => {
    let failures = 2
    receiver.behave(() => (failures-- > 0 ? 500 : 200))
    house.tell([{ url: receiver.url, format: 'n8n', secret: 'geheim' }])
    notes('Größe ✓')
    await expect.poll(() => texts()).toEqual(['Größe ✓'])
    expect(receiver.requests.map(({ headers }) => headers['x-baton-attempt'])).toEqual(['1', '2', '3'])
    expect(new Set(receiver.requests.map(({ headers }) => headers['x-baton-delivery'])).size).toBe(1)
    for (const { headers, text } of receiver.requests) {
      const timestamp = String(headers['x-baton-timestamp'])
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
      const expected = createHmac('sha256', 'geheim').update(`${timestamp}.${text}`).digest('hex')
      expect(headers['x-baton-signature']).toBe(`sha256=${expected}`)
    }
  })
  test('is not made without a secret', async () => {
    house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(1)
    await expect.poll(() => receiver.requests.length).toBe(1)
    expect(receiver.requests[0]?.headers).not.toHaveProperty('x-baton-signature')
  })
})

describe('redirects', () => {
  test('are followed on the same host, with the body', async () => {
    receiver.behave(({ path }, response) => {
      if (path !== '/old') return 200
      response.setHeader('Location', '/new')
      return 301
    })
    house.tell([{ url: `${receiver.url}/old`, format: 'n8n' }])
    notes(1)
    await expect.poll(() => texts()).toEqual(['1'])
    expect(receiver.requests.map(({ path, status }) => `${path} ${status}`)).toEqual(['/old 301', '/new 200'])
  })
  test('to another host are not followed: what is told is for nobody else', async () => {
    const other = await startReceiver()
    receiver.behave((_, response) => {
      response.setHeader('Location', `${other.url}/stolen`)
      return 307
    })
    house.tell([{ url: receiver.url, format: 'n8n' }])
    notes(1)
    await expect
      .poll(() => house.words)
      .toEqual([`n8n at 127.0.0.1: redirects to 127.0.0.1:${other.port}, which is not followed`])
    expect(other.requests).toEqual([])
    await other.close()
  })
  test('without an end are not followed without end', async () => {
    receiver.behave((_, response) => {
      response.setHeader('Location', '/again')
      return 308
    })
    house.tell([{ url: receiver.url, format: 'n8n' }], { random: () => 0 })
    notes(1)
    await expect.poll(() => house.words).toEqual(['n8n at 127.0.0.1: redirects again and again'])
    expect(receiver.requests).toHaveLength(4)
  })
})

test('a name and password in the address become a log-in and are told to nobody', async () => {
  house.tell([{ url: receiver.url.replace('//', '//baton:pass%20word@'), format: 'n8n' }])
  notes(1)
  await expect.poll(() => texts()).toEqual(['1'])
  const login = Buffer.from('baton:pass word').toString('base64')
  expect(receiver.requests[0]?.headers.authorization).toBe(`Basic ${login}`)
  expect(JSON.stringify(house.store.db.prepare('SELECT * FROM outgoing_places').all())).not.toContain('pass')
})

test('a disk that is full delays and loses nothing', async () => {
  house.tell([{ url: receiver.url, format: 'n8n' }])
  const { done } = house.outgoing.deliveries
  let broken = true
  house.outgoing.deliveries.done = (id, result) => {
    if (broken) {
      broken = false
      throw new Error('database or disk is full')
    }
    done(id, result)
  }
  notes(1, 2)
  await expect.poll(() => texts()).toEqual(['1', '2'])
  expect(house.words[0]).toContain('could not store deliveries: Error: database or disk is full')
})
