import type { Update } from 'grammy/types'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeTap } from '../../src/chat/callback.ts'
import { carryBy } from '../../src/chat/carry.ts'
import { deliveriesFor, editFor } from '../../src/chat/delivery.ts'
import { renderAsk } from '../../src/chat/render/ask.ts'
import type { Ask } from '../../src/core/types.ts'
import { createOutbox } from '../../src/outbox/outbox.ts'
import { createTapAnswerer } from '../../src/telegram/answer-callback.ts'
import { connectTelegram } from '../../src/telegram/connection.ts'
import { createPoller } from '../../src/telegram/poller.ts'
import { createTelegramTransport } from '../../src/telegram/transport.ts'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createMemoryDeliveries } from '../support/delivery-store.ts'
import * as sample from '../support/telegram-samples.ts'

/** Everything of the room together, with the smallest possible rest of the program. */
let api: BotApi
let anna: Person
let stop: (() => Promise<void>)[]
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  stop = []
})
afterEach(async () => {
  for (const one of stop) await one()
  await api.close()
})

/** What a database would keep over restarts. */
const createWorld = () => ({
  ask: sample.samplePermission(),
  store: createMemoryDeliveries(),
  seen: new Map<number, { update: Update; handled: boolean }>(),
})
type World = ReturnType<typeof createWorld>

const view = (ask: Ask) => ({ ask, task: sample.sampleTask(), total: 7 })
const show = ({ store, ask }: World) =>
  store.enqueue(
    ...deliveriesFor(String(anna.id), renderAsk(view(ask), sample.moment('21:14')), { slot: `ask:${ask.id}` }),
  )

const run = (world: World) => {
  const connection = connectTelegram({ token: api.token, apiRoot: api.root })
  const answerTap = createTapAnswerer(connection)
  const transport = createTelegramTransport({ api: connection, token: api.token, onTrouble: () => {} })
  const outbox = createOutbox({
    carrier: carryBy(transport, world.store),
    store: world.store,
    firstBackoffMs: 10,
    maxBackoffMs: 50,
  })
  const handle = async ({ callback_query: query }: Update) => {
    const tap = query?.data === undefined ? undefined : decodeTap(query.data)
    if (!query || tap?.kind !== 'choice' || tap.askId !== world.ask.id) return
    if (world.ask.state !== 'open') return answerTap(query.id, 'Already decided.')
    const answer = {
      choice: tap.choice,
      by: { surface: 'telegram' as const, id: String(query.from.id), name: query.from.first_name },
      at: sample.at('21:15'),
      hash: '',
    }
    world.ask = { ...world.ask, state: 'answered', answer }
    const acknowledged = answerTap(query.id, 'Allowed')
    world.store.enqueue(
      editFor(String(anna.id), { slot: `ask:${world.ask.id}` }, renderAsk(view(world.ask), sample.moment('21:15')), {
        urgent: true,
      }),
    )
    outbox.wake()
    await acknowledged
  }
  const poller = createPoller({
    api: connection,
    storeUpdate: (update) => {
      if (world.seen.has(update.update_id)) return false
      world.seen.set(update.update_id, { update, handled: false })
      return true
    },
    unhandled: () => [...world.seen.values()].filter((row) => !row.handled).map((row) => row.update),
    handle,
    handled: (id) => {
      const row = world.seen.get(id)
      if (row) row.handled = true
    },
    firstBackoffMs: 10,
    maxBackoffMs: 50,
  })
  outbox.start()
  poller.start()
  const end = async () => {
    await poller.stop()
    await outbox.stop(200)
  }
  stop.push(end)
  return { wake: outbox.wake, end }
}
const message = () => latest(anna.sees().messages[0]!)

test('an ask arrives, a tap decides it, the buttons go and the message says who decided', async () => {
  const world = createWorld()
  show(world)
  run(world)
  await expect.poll(() => anna.sees().messages.length).toBe(1)
  expect(anna.sees().messages[0]?.silent).toBe(false)
  expect((await anna.taps('Allow').answer()).text).toBe('Allowed')
  await expect.poll(() => message().text).toContain('✅ Allowed by Anna (Telegram), 21:15')
  expect(message().keyboard).toBeUndefined()
})

test('a tap made while nobody was there is honoured after the restart, once', async () => {
  const world = createWorld()
  show(world)
  const first = run(world)
  await expect.poll(() => anna.sees().messages.length).toBe(1)
  await first.end()
  const tap = anna.taps('Allow')
  const again = anna.taps('Deny')
  run(world)
  expect((await tap.answer()).text).toBe('Allowed')
  expect((await again.answer()).text).toBe('Already decided.')
  await expect.poll(() => message().text).toContain('✅ Allowed by Anna')
})

test('asks, taps and answers get through an outage of Telegram', async () => {
  const world = createWorld()
  const program = run(world)
  await expect.poll(() => api.callsTo('getUpdates').length).toBeGreaterThan(0)
  await api.away()
  show(world)
  program.wake()
  await api.back()
  await expect.poll(() => anna.sees().messages.length).toBe(1)
  await api.away()
  const tap = anna.taps('Deny')
  await api.back()
  expect((await tap.answer()).text).toBe('Allowed')
  await expect.poll(() => message().text).toContain('❌ Denied by Anna')
  expect(anna.sees().messages).toHaveLength(1)
})
