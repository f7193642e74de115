import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { earlyCalls } from '../../faults/phone/floods.ts'
import { carryBy } from '../../src/chat/carry.ts'
import { type ChatCall, deleteFor, deliveriesFor, editFor } from '../../src/chat/delivery.ts'
import type { Message } from '../../src/chat/message.ts'
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/outbox/outbox.ts'
import { connectTelegram } from '../../src/telegram/connection.ts'
import { createTelegramTransport } from '../../src/telegram/transport.ts'
import { bold } from '../../src/text/document/nodes.ts'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createMemoryDeliveries, type MemoryDeliveries } from '../support/delivery-store.ts'

const AGAIN = '\n\n↻ Sent again: the first message may not have arrived.'

let api: BotApi
let anna: Person
let store: MemoryDeliveries
let troubles: (string | undefined)[]
let dropped: string[]
const boxes: Outbox[] = []
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  store = createMemoryDeliveries()
  troubles = []
  dropped = []
})
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.stop(0)))
  await api.close()
})

type Options = Partial<OutboxOptions<ChatCall>> & { silentGapMs?: () => number }

const open = ({ silentGapMs = () => 0, ...options }: Options = {}) => {
  const connection = connectTelegram({ token: api.token, apiRoot: api.root })
  const transport = createTelegramTransport({ api: connection, token: api.token, onTrouble: () => {} })
  const box = createOutbox<ChatCall>({
    carrier: { ...carryBy(transport, store), silentGapMs },
    store,
    onTrouble: (text) => troubles.push(text),
    onDropped: (delivery, reason) => dropped.push(`${delivery.id} ${reason}`),
    firstBackoffMs: 20,
    maxBackoffMs: 60,
    ...options,
  })
  boxes.push(box)
  box.start()
  return box
}
const message = (text: string, more: Partial<Message> = {}): Message => ({
  body: [bold(text)],
  silent: false,
  ...more,
})
const enqueue = (text: string, options: Parameters<typeof deliveriesFor>[2] = {}, more: Partial<Message> = {}) =>
  store.enqueue(...deliveriesFor('4711', message(text, more), options))
const seen = () =>
  anna
    .sees()
    .messages.filter((m) => m.deletedAt === undefined)
    .map((m) => latest(m).text || `[${m.file?.name}]`)
const settled = () => expect.poll(() => store.rows.every((row) => row.state !== 'pending')).toBe(true)

describe('the outbox', () => {
  test('sends what is stored, in order, with its sound, its colours and no link preview', async () => {
    enqueue('one', {}, { buttons: [[{ text: 'Allow', data: 'id:allow', style: 'success' }]] })
    enqueue('two', {}, { silent: true })
    open()
    await settled()
    const [one, two] = anna.sees().messages
    expect(latest(one!)).toMatchObject({
      text: 'one',
      entities: [{ type: 'bold' }],
      keyboard: [[{ text: 'Allow', callback_data: 'id:allow', style: 'success' }]],
    })
    expect([one?.silent, two?.silent]).toEqual([false, true])
    expect(
      api.callsTo('sendMessage').every((c) => JSON.stringify(c.params.link_preview_options) === '{"is_disabled":true}'),
    ).toBe(true)
  })

  test('edits the message of a slot, also one sent in an earlier life', async () => {
    enqueue('asked', { slot: 'ask:1' })
    const first = open()
    await settled()
    await first.stop()
    store.enqueue(editFor('4711', { slot: 'ask:1' }, message('answered'), { urgent: true }))
    open()
    await settled()
    expect(seen()).toEqual(['answered'])
  })

  test('sends a document before its message; a refused document takes the buttons with it that need it', async () => {
    const buttons: Message['buttons'] = [
      [
        { text: 'Approve', data: 'i:approve', needsDocument: true },
        { text: 'Reject', data: 'i:reject' },
      ],
    ]
    enqueue(
      'long',
      {},
      { document: { name: 'whole "task".md', caption: 'The task, whole', content: 'everything' }, buttons },
    )
    enqueue('empty', {}, { document: { name: 'none.md', caption: 'Nothing', content: '' }, buttons })
    enqueue('a log', {}, { document: { name: 'none.log', caption: 'Nothing', content: '' } })
    open()
    await settled()
    expect(seen()).toEqual([
      'The task, whole',
      'long',
      'empty\n\n⚠️ The document with the full text could not be sent, so this cannot be approved here.',
      'a log\n\n⚠️ The document with the full text could not be sent.',
    ])
    const keyboards = anna.sees().messages.map((m) =>
      latest(m)
        .keyboard?.flat()
        .map((b) => b.text),
    )
    expect(keyboards).toEqual([undefined, ['Approve', 'Reject'], ['Reject'], undefined])
    expect(dropped).toEqual(['3 refused', '5 refused'])
  })

  test('a message the server cannot read goes out as plain text, and without buttons before it is given up', async () => {
    api.faults.add({
      methods: ['sendMessage'],
      trouble: { kind: 'status', code: 400, description: "can't parse entities" },
    })
    enqueue('x')
    enqueue('y', {}, { buttons: [[{ text: 'A', data: 'x'.repeat(65) }]] })
    enqueue('', {}, { body: [' '] })
    open()
    await settled()
    expect(seen()).toEqual(['x', 'y'])
    expect(dropped).toEqual(['3 refused'])
  })

  test('an outage loses nothing and repeats nothing', async () => {
    await api.away()
    const box = open()
    for (const word of ['a', 'b', 'c']) {
      enqueue(word)
      box.wake()
    }
    await sleep(150)
    await api.back()
    await settled()
    expect(seen()).toEqual(['a', 'b', 'c'])
    expect(troubles).toEqual(['Telegram cannot be reached (ECONNREFUSED)', undefined])
  })

  test('what failed in an outage goes at once when the server answers again', async () => {
    await api.away()
    const box = open({ firstBackoffMs: 60_000, maxBackoffMs: 60_000 })
    enqueue('a')
    enqueue('b')
    box.wake()
    await expect.poll(() => troubles.length).toBe(1)
    await api.back()
    box.resume()
    await settled()
    expect(seen()).toEqual(['a', 'b'])
  })

  test('that the server answers again shortens no retry_after', async () => {
    api.limiter.flood(1, 4711)
    enqueue('a')
    const box = open()
    await expect.poll(() => store.rows.some((row) => row.flood)).toBe(true)
    box.resume()
    await settled()
    expect(seen()).toEqual(['a'])
    expect(api.limiter.violations()).toEqual([])
  })

  test.each([
    ['reset before', { kind: 'reset' as const, when: 'before' as const }, [`a${AGAIN}`]],
    ['reset after', { kind: 'reset' as const, when: 'after' as const }, ['a', `a${AGAIN}`]],
    ['no answer', { kind: 'silence' as const, when: 'after' as const }, ['a', `a${AGAIN}`]],
    ['502', { kind: 'status' as const, code: 502 }, [`a${AGAIN}`]],
    ['a page of a proxy', { kind: 'garbage' as const, code: 502 }, [`a${AGAIN}`]],
  ])('%s: what is in doubt goes out again once, marked, and in order', async (_, trouble, expected) => {
    api.faults.add({ methods: ['sendMessage'], trouble })
    enqueue('a')
    enqueue('b')
    open({ callTimeoutMs: 200 })
    await settled()
    expect(seen()).toEqual([...expected, 'b'])
  })

  test('what is in doubt waits until the server answers before it goes out again', async () => {
    api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'reset', when: 'after' } })
    api.faults.add({ methods: ['getMe'], times: 3, trouble: { kind: 'status', code: 502 } })
    enqueue('a')
    open()
    await settled()
    expect(seen()).toEqual(['a', `a${AGAIN}`])
    expect(api.callsTo('getMe')).toHaveLength(4)
    expect(api.callsTo('sendMessage')).toHaveLength(2)
  })

  test('edits are repeated without a word', async () => {
    enqueue('a', { slot: 's' })
    open()
    await settled()
    api.faults.add({ methods: ['editMessageText'], times: 2, trouble: { kind: 'reset', when: 'after' } })
    store.enqueue(editFor('4711', { slot: 's' }, message('b')))
    boxes[0]?.wake()
    await settled()
    expect(seen()).toEqual(['b'])
    expect(dropped).toEqual([])
  })

  test('a 429 while it is asked whether the server answers holds for every chat', async () => {
    const bert = api.person({ id: 4712, name: 'Bert' })
    api.faults.add({ methods: ['sendMessage'], times: 2, trouble: { kind: 'reset', when: 'before' } })
    api.faults.add({ methods: ['getMe'], trouble: { kind: 'flood', retryAfterS: 1 } })
    enqueue('a')
    store.enqueue(...deliveriesFor(String(bert.id), message('b')))
    open({ firstBackoffMs: 100 })
    await settled()
    expect(earlyCalls(api.calls)).toEqual([])
    expect(bert.sees().messages).toHaveLength(1)
  })

  test('a kill between sending and storing leaves the message in doubt for the next life', async () => {
    enqueue('a')
    store.begin(1)
    open()
    await settled()
    expect(seen()).toEqual([`a${AGAIN}`])
  })

  test('a stop in the middle of a send leaves it in doubt, one before it does not', async () => {
    api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'silence', when: 'after' } })
    enqueue('a')
    enqueue('b')
    const box = open()
    await expect.poll(seen).toEqual(['a'])
    await box.stop(50)
    expect(troubles).toEqual([])
    open()
    await settled()
    expect(seen()).toEqual(['a', `a${AGAIN}`, 'b'])
  })

  test('retry_after is obeyed for the chat, also by the next life; other chats go on', async () => {
    const bert = api.person({ id: 4712, name: 'Bert' })
    api.limiter.flood(1, 4711)
    enqueue('a')
    const box = open()
    await expect.poll(() => api.callsTo('sendMessage').length).toBe(1)
    store.enqueue(...deliveriesFor(String(bert.id), message('to Bert')))
    enqueue('b')
    box.wake()
    await expect.poll(() => bert.sees().messages.length).toBe(1)
    await box.stop()
    open()
    await settled()
    expect(seen()).toEqual(['a', 'b'])
    expect(api.limiter.violations()).toEqual([])
    expect(troubles).toEqual([])
  })

  test('two chats flooded at once mean that the whole bot waits', async () => {
    const chats = [4712, 4713].map((id) => api.person({ id, name: `P${id}` }))
    api.limiter.flood(1, 4711)
    api.limiter.flood(1, 4712)
    enqueue('a')
    store.enqueue(...deliveriesFor('4712', message('b')))
    const box = open()
    await expect.poll(() => api.callsTo('sendMessage').length).toBe(2)
    await sleep(50)
    store.enqueue(...deliveriesFor('4713', message('c')))
    box.wake()
    await sleep(200)
    expect(chats[1]?.sees().messages).toEqual([])
    await settled()
    expect(chats[1]?.sees().messages).toHaveLength(1)
  })

  test('after a jump of the clock nothing waits longer than it was told to', async () => {
    enqueue('a')
    store.begin(1)
    store.failed(1, { at: Date.now() + 40 * 24 * 3600_000, waitMs: 100, inDoubt: false, flood: true, error: '' })
    open()
    await settled()
    expect(seen()).toEqual(['a'])
  })

  test('silent edits are joined while they wait; an ask overtakes them', async () => {
    enqueue('progress 0', { slot: 'progress:1', urgent: false }, { silent: true })
    const box = open({ silentGapMs: () => 300 })
    await settled()
    for (let i = 1; i <= 20; i++) store.enqueue(editFor('4711', { slot: 'progress:1' }, message(`progress ${i}`)))
    box.wake()
    for (let i = 21; i <= 40; i++) store.enqueue(editFor('4711', { slot: 'progress:1' }, message(`progress ${i}`)))
    enqueue('ask')
    box.wake()
    await expect.poll(seen).toEqual(['progress 20', 'ask'])
    await settled()
    expect(seen()).toEqual(['progress 40', 'ask'])
    expect(api.callsTo('editMessageText')).toHaveLength(2)
  })

  test('an edit that changes nothing is a success, one of a vanished message is dropped', async () => {
    enqueue('a', { slot: 's' })
    enqueue('b', { slot: 't' })
    open()
    await settled()
    store.enqueue(editFor('4711', { slot: 's' }, message('a')))
    anna.deletes(Number(store.messageIn('4711', 't')))
    store.enqueue(editFor('4711', { slot: 't' }, message('c')), editFor('4711', { slot: 'never-sent' }, message('d')))
    boxes[0]?.wake()
    await settled()
    expect(latest(anna.sees().messages[0]!)).toMatchObject({ text: 'a', entities: [{ type: 'bold' }] })
    expect(store.rows.map((row) => row.reason)).toEqual([undefined, undefined, undefined, 'gone', 'gone'])
  })

  test('a message can be edited and deleted by its id, as after a tap on it', async () => {
    enqueue('page 1')
    enqueue('old')
    open()
    await settled()
    const [list, old] = anna.sees().messages.map((m) => String(m.id)) as [string, string]
    store.enqueue(
      editFor('4711', { messageId: list }, message('page 2')),
      editFor('4711', { messageId: list }, message('page 3')),
    )
    store.enqueue(deleteFor('4711', { messageId: old }))
    boxes[0]?.wake()
    await settled()
    expect(seen()).toEqual(['page 3'])
    expect(api.callsTo('editMessageText')).toHaveLength(1)
  })

  test('who blocked the bot is recorded and not tried for ever', async () => {
    anna.blocks()
    enqueue('a')
    open()
    await settled()
    expect(dropped).toEqual(['1 blocked'])
    expect(api.callsTo('sendMessage')).toHaveLength(1)
    anna.unblocks()
    enqueue('b')
    boxes[0]?.wake()
    await settled()
    expect(seen()).toEqual(['b'])
  })

  test('a wrong token stops everything and loses nothing', async () => {
    api.faults.add({ times: 3, trouble: { kind: 'status', code: 401, description: 'Unauthorized' } })
    enqueue('a')
    open()
    await settled()
    expect(seen()).toEqual(['a'])
    expect(troubles).toEqual([expect.stringMatching(/^Unauthorized: TELEGRAM_BOT_TOKEN is wrong/), undefined])
  })

  test('a wrong token keeps other chats waiting too', async () => {
    const bert = api.person({ id: 4712, name: 'Bert' })
    api.faults.add({ trouble: { kind: 'status', code: 401, description: 'Unauthorized' } })
    enqueue('a')
    const box = open({ maxBackoffMs: 200 })
    await expect.poll(() => troubles).toEqual([expect.stringMatching(/^Unauthorized/)])
    store.enqueue(...deliveriesFor(String(bert.id), message('b')))
    box.wake()
    await sleep(50)
    expect(bert.sees().messages).toEqual([])
    await settled()
    expect(bert.sees().messages).toHaveLength(1)
  })

  test('a group that became a supergroup keeps its deliveries', async () => {
    api.group({ id: -1, title: 'Team' })
    api.group({ id: -100777, title: 'Team', type: 'supergroup' })
    api.world.chats.get(-1)!.movedTo = -100777
    store.enqueue(...deliveriesFor('-1', message('a')), ...deliveriesFor('-1', message('b')))
    open()
    await settled()
    expect(api.conversation(-100777).messages.map((m) => latest(m).text)).toEqual(['a', 'b'])
  })

  test('a store that fails is tried again, not hammered', async () => {
    let calls = 0
    const failing = {
      ...store,
      begin: () => {
        calls++
        throw new Error('disk full')
      },
    }
    enqueue('a')
    open({ store: failing })
    await sleep(200)
    expect(calls).toBe(1)
    expect(troubles).toEqual(['could not store deliveries: Error: disk full'])
    expect(seen()).toEqual([])
  })

  test('under storms of every kind everything arrives, in order, and nothing twice but what was in doubt', async () => {
    const kinds = ['reset', 'status', 'garbage', 'slow'] as const
    let seed = 42
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      return seed / 2 ** 31
    }
    for (let i = 0; i < 30; i++) {
      const kind = kinds[Math.floor(random() * kinds.length)]!
      const when = random() < 0.5 ? ('before' as const) : ('after' as const)
      const trouble =
        kind === 'reset'
          ? { kind, when }
          : kind === 'status'
            ? { kind, code: 500, when }
            : kind === 'garbage'
              ? { kind, code: 502 }
              : { kind, delayMs: 5 }
      api.faults.add({ methods: ['sendMessage'], trouble })
    }
    const words = Array.from({ length: 25 }, (_, i) => `message ${i}`)
    for (const word of words) enqueue(word)
    open({ firstBackoffMs: 2, maxBackoffMs: 5 })
    await expect.poll(() => store.rows.every((row) => row.state !== 'pending')).toBe(true)
    const firstCopies = seen().filter((text) => !text.endsWith(AGAIN))
    const all = seen().map((text) => text.replace(AGAIN, ''))
    expect(new Set(all)).toEqual(new Set(words))
    expect(new Set(firstCopies).size).toBe(firstCopies.length)
    expect(all.map((text) => words.indexOf(text))).toEqual(
      all.map((text) => words.indexOf(text)).toSorted((a, b) => a - b),
    )
  })
})
