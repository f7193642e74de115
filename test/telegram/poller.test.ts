import { setTimeout as sleep } from 'node:timers/promises'
import type { Update } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTelegram } from '../../src/telegram/connection.ts'
import { createPoller, type Poller, type PollerOptions } from '../../src/telegram/poller.ts'
import { call } from '../support/bot-api/call.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'

let api: BotApi
let anna: Person
const pollers: Poller[] = []
beforeEach(async () => {
  api = await startBotApi({ firstUpdateId: 100 })
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()))
  await api.close()
})

/** What the database would hold: it outlives the pollers of a test. */
const createInbox = () => {
  const stored = new Map<number, { update: Update; handled: boolean }>()
  return {
    stored,
    storeUpdate: (update: Update) => {
      if (stored.has(update.update_id)) return false
      stored.set(update.update_id, { update, handled: false })
      return true
    },
    unhandled: () => [...stored.values()].filter((row) => !row.handled).map((row) => row.update),
    handled: (id: number) => {
      const row = stored.get(id)
      if (row) row.handled = true
    },
  }
}
const poll = (options: Partial<PollerOptions> & { inbox?: ReturnType<typeof createInbox> } = {}) => {
  const { inbox = createInbox(), ...rest } = options
  const words: string[] = []
  const troubles: (string | undefined)[] = []
  const poller = createPoller({
    api: connectTelegram({ token: api.token, apiRoot: api.root }),
    ...inbox,
    handle: (update) => void words.push(update.message?.text ?? update.callback_query?.data ?? '?'),
    onTrouble: (text) => troubles.push(text),
    pollTimeoutS: 5,
    firstBackoffMs: 20,
    maxBackoffMs: 100,
    ...rest,
  })
  pollers.push(poller)
  poller.start()
  return { poller, words, troubles, inbox }
}

describe('the poller', () => {
  test('hands each update out once, in order, and confirms it', async () => {
    const { words } = poll()
    for (const word of ['a', 'b', 'c']) anna.says(word)
    await expect.poll(() => words).toEqual(['a', 'b', 'c'])
    await expect.poll(() => api.updates.unconfirmed()).toEqual([])
  })

  test('stores an update before it is confirmed', async () => {
    const inbox = createInbox()
    const confirmedEarly: number[] = []
    poll({
      inbox,
      storeUpdate: (update) => {
        if (!api.updates.unconfirmed().some((u) => u.update_id === update.update_id))
          confirmedEarly.push(update.update_id)
        return inbox.storeUpdate(update)
      },
    })
    anna.says('a')
    await expect.poll(() => inbox.stored.size).toBe(1)
    expect(confirmedEarly).toEqual([])
  })

  test('what cannot be stored stays on the server and comes again; what came before it is not lost', async () => {
    const inbox = createInbox()
    let full = true
    const { words, troubles } = poll({
      inbox,
      storeUpdate: (update) => {
        if (full && update.message?.text === 'b') throw new Error('disk full')
        return inbox.storeUpdate(update)
      },
    })
    anna.says('a')
    anna.says('b')
    await expect.poll(() => troubles).toEqual(['could not store an update: Error: disk full'])
    expect(words).toEqual(['a'])
    full = false
    await expect.poll(() => words).toEqual(['a', 'b'])
    expect(troubles).toEqual(['could not store an update: Error: disk full', undefined])
  })

  test('an update seen before is not handled again, an earlier life’s unhandled one is', async () => {
    const inbox = createInbox()
    const first = poll({ inbox, handle: () => new Promise(() => {}) })
    anna.says('a')
    await expect.poll(() => inbox.stored.size).toBe(1)
    await first.poller.stop()
    const second = poll({ inbox })
    anna.says('b')
    await expect.poll(() => second.words).toEqual(['a', 'b'])
    expect(api.updates.timesDelivered(100)).toBeGreaterThan(0)
    expect(inbox.unhandled()).toEqual([])
  })

  test('an update that comes again, because its confirmation was lost, is not handled again', async () => {
    const inbox = createInbox()
    anna.says('a')
    for (const update of api.updates.all()) inbox.storeUpdate(update as unknown as Update)
    inbox.handled(100)
    const { words } = poll({ inbox })
    anna.says('b')
    await expect.poll(() => words).toEqual(['b'])
    expect(api.updates.timesDelivered(100)).toBe(1)
  })

  test('a handler that throws stops nothing', async () => {
    const errors: unknown[] = []
    const { words } = poll({
      handle: (update) => {
        if (update.message?.text === 'bad') throw new Error('boom')
        words.push(update.message?.text ?? '')
      },
      onHandlerError: (error) => errors.push(error),
    })
    anna.says('bad')
    anna.says('good')
    await expect.poll(() => words).toEqual(['good'])
    expect(errors).toEqual([new Error('boom')])
  })

  test('a slow handler holds up its own chat only', async () => {
    const bert = api.person({ id: 4712, name: 'Bert' })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const words: string[] = []
    poll({
      handle: async (update) => {
        if (update.message?.text === 'slow') await released
        words.push(update.message?.text ?? '')
      },
    })
    anna.says('slow')
    anna.says('next')
    bert.says('other')
    await expect.poll(() => words).toEqual(['other'])
    release()
    await expect.poll(() => words).toEqual(['other', 'slow', 'next'])
  })

  test('ids that start again somewhere lower after a quiet week are taken', async () => {
    api.updates.jump(900_000)
    const { words } = poll()
    anna.says('a')
    await expect.poll(() => words).toEqual(['a'])
    api.updates.jump(2_000)
    anna.says('b')
    await expect.poll(() => words).toEqual(['a', 'b'])
  })

  test.each([
    ['409', { kind: 'status' as const, code: 409, description: 'Conflict: terminated by other getUpdates request' }],
    ['500', { kind: 'status' as const, code: 500 }],
    ['a page of a proxy', { kind: 'garbage' as const, code: 502 }],
    ['a cut connection', { kind: 'reset' as const, when: 'after' as const }],
    ['401', { kind: 'status' as const, code: 401, description: 'Unauthorized' }],
  ])('goes on after %s, having told it once', async (_, trouble) => {
    api.faults.add({ methods: ['getUpdates'], times: 4, trouble })
    const { words, troubles } = poll()
    anna.says('a')
    await expect.poll(() => words).toEqual(['a'])
    expect(troubles).toEqual([expect.any(String), undefined])
  })

  test('obeys retry_after of a 429', async () => {
    api.faults.add({ methods: ['getUpdates'], trouble: { kind: 'status', code: 429 } })
    poll({ now: () => performance.now() })
    await sleep(300)
    expect(api.callsTo('getUpdates')).toHaveLength(1)
  })

  test('takes a webhook away that was left over, also one that is set meanwhile', async () => {
    await call(api, 'setWebhook', { url: 'https://example.com/hook' })
    const { words } = poll()
    anna.says('a')
    await expect.poll(() => words).toEqual(['a'])
    await call(api, 'setWebhook', { url: 'https://example.com/hook' })
    anna.says('b')
    await expect.poll(() => words).toEqual(['a', 'b'])
  })

  test('two pollers on one token both go on', async () => {
    const one = poll({ pollTimeoutS: 1 })
    const two = poll({ pollTimeoutS: 1 })
    await sleep(200)
    for (const word of ['a', 'b']) anna.says(word)
    await expect.poll(() => new Set([...one.words, ...two.words])).toEqual(new Set(['a', 'b']))
  })

  test('its health tells the truth: never polled, well, silent for too long, back', async () => {
    let clock = 0
    await api.away()
    const { poller } = poll({ now: () => clock, pollTimeoutS: 1 })
    expect(poller.health()).toEqual({ ok: false, lastHeardAgeMs: null })
    await api.back()
    await expect.poll(() => poller.health().ok).toBe(true)
    await api.away()
    await sleep(50)
    clock += 10_000
    expect(poller.health()).toEqual({ ok: true, lastHeardAgeMs: 10_000 })
    clock += 10_000
    expect(poller.health().ok).toBe(false)
    await api.back()
    await expect.poll(() => poller.health().ok).toBe(true)
  })

  test('stops at once in the middle of a long poll, and with a handler that hangs', async () => {
    const { poller, inbox } = poll({ handle: () => new Promise(() => {}), pollTimeoutS: 300 })
    anna.says('a')
    await expect.poll(() => inbox.stored.size).toBe(1)
    await sleep(100)
    await poller.stop()
  })

  test('does not spin on a server that answers without waiting', async () => {
    poll({ pollTimeoutS: 0 })
    await sleep(500)
    expect(api.callsTo('getUpdates').length).toBeLessThan(6)
  })
})

describe('two pollers of one bot', () => {
  const conflicts = () => api.callsTo('getUpdates').filter(({ status }) => status === 409).length

  test('one of them leaves it to the other, where it may, and nobody is told; what is written comes once or twice, and never not at all', async () => {
    let isLeft = false
    const asked: number[] = []
    const leaves = () => {
      asked.push(conflicts())
      isLeft = true
      return true
    }
    const left = poll({ mayHear: () => !isLeft, leaves })
    await expect.poll(() => api.callsTo('getUpdates').length).toBeGreaterThan(1)
    const right = poll({ mayHear: () => true, leaves: () => false })
    for (let i = 0; i < 5; i++) anna.says(String(i))
    await expect.poll(() => isLeft).toBe(true)
    // Once may be the end of an earlier poll that the server still knew.
    expect(asked[0]).toBeGreaterThan(1)
    anna.says('later')
    await expect.poll(() => right.words).toContain('later')
    expect(left.words).not.toContain('later')
    for (let i = 0; i < 5; i++) expect([...left.words, ...right.words]).toContain(String(i))
    expect([...left.troubles, ...right.troubles]).toEqual([])
  })

  test('a poll ends as soon as another machine hears, and nothing that came then is lost', async () => {
    let isMine = true
    const { words, troubles } = poll({ mayHear: () => isMine, pollTimeoutS: 60 })
    await expect.poll(() => api.callsTo('getUpdates').length).toBeGreaterThan(1)
    isMine = false
    // The poll of 60 s is over: whatever is written waits on the server.
    await expect.poll(() => api.updates.isPolled(), { timeout: 5_000 }).toBe(false)
    anna.says('a')
    expect(words).toEqual([])
    expect(troubles).toEqual([])
    isMine = true
    await expect.poll(() => words, { timeout: 5_000 }).toEqual(['a'])
  })
})
