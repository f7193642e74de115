import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Carrier, CarryVerdict } from '../../src/outbox/carrier.ts'
import type { DeliveryQueue } from '../../src/outbox/delivery.ts'
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/outbox/outbox.ts'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { openStore, type Store } from '../../src/store/store.ts'

// What the outbox does for whatever carries: chats and other systems have tests of their own.

let dir: string
let store: Store<unknown>
let queue: DeliveryQueue<string>
let carried: string[]
let troubles: string[]
const boxes: Outbox[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-outbox-'))
  store = openStore(dir)
  queue = createDeliveries<string>(store.db, 'test')
  carried = []
  troubles = []
})
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.stop(0)))
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const again: CarryVerdict = { kind: 'again', inDoubt: true, why: 'away' }
/** Throws as a verdict, what `fails` says of a call; words that go together are joined. */
const carrier = (
  fails: (words: string) => CarryVerdict | undefined,
  more: Partial<Carrier<string>> = {},
): Carrier<string> => ({
  carry: async (deliveries) => {
    const words = deliveries.map(({ content }) => content).join('+')
    carried.push(words)
    const verdict = fails(words)
    if (verdict) throw verdict
    return { count: deliveries.length }
  },
  classify: (error) => error as CarryVerdict,
  effectOf: () => 'tells',
  reach: async () => {},
  ...more,
})
const open = (with_: Carrier<string>, more: Partial<OutboxOptions<string>> = {}) => {
  const box = createOutbox({
    carrier: with_,
    store: queue,
    onTrouble: (text, server) => troubles.push(`${server}: ${text ?? 'over'}`),
    firstBackoffMs: 5,
    maxBackoffMs: 10,
    ...more,
  })
  boxes.push(box)
  box.start()
  return box
}
const put = (...words: string[]) =>
  queue.enqueue(
    words.map((content) => ({ target: content.split(' ')[0] ?? '', content, urgent: true })),
    0,
  )
const waiting = () => queue.pending(100).map(({ content }) => content)

test('at the end it goes on as long as it is taken, and waits for nobody who does not take it', async () => {
  put('a 1', 'b 1', 'a 2', 'b 2')
  const box = open(
    carrier((words) => (words.startsWith('b') ? again : undefined)),
    { firstBackoffMs: 60_000, maxBackoffMs: 60_000 },
  )
  await box.stop(60_000, { drain: true })
  expect(carried.toSorted()).toEqual(['a 1', 'a 2', 'b 1'])
  expect(waiting()).toEqual(['b 1', 'b 2'])
})

test('without that it ends with the calls that are under way', async () => {
  put('a 1', 'a 2')
  const box = open(carrier(() => undefined))
  await box.stop()
  expect(waiting()).toEqual(['a 2'])
})

test('what is behind one server fails and recovers for itself', async () => {
  put('a 1', 'b 1')
  let isAway = true
  const closed: CarryVerdict = { kind: 'closed', why: 'revoked' }
  open(
    carrier((words) => (isAway && words.startsWith('a') ? closed : undefined), { serverOf: (target) => target }),
    { maxBackoffMs: 50 },
  )
  await expect.poll(() => waiting()).toEqual(['a 1'])
  put('b 2')
  boxes[0]?.wake()
  await expect.poll(() => waiting()).toEqual(['a 1'])
  isAway = false
  await expect.poll(() => waiting()).toEqual([])
  expect(troubles).toEqual(['a: revoked', 'a: over'])
})

test('what goes together goes alone once it was refused, so that only what is refused is lost', async () => {
  put('a good', 'a bad', 'a fine', 'a late')
  const dropped: string[] = []
  const refused: CarryVerdict = { kind: 'refused', why: 'too odd' }
  open(
    carrier((words) => (words.includes('bad') ? refused : undefined), {
      paceOf: () => ({ together: 3, gapMs: 0 }),
      triesOfRefused: 2,
    }),
    { onDropped: ({ content }) => dropped.push(content) },
  )
  await expect.poll(() => waiting()).toEqual([])
  expect(carried).toEqual(['a good+a bad+a fine', 'a good', 'a bad', 'a fine', 'a late'])
  expect(dropped).toEqual(['a bad'])
})

test('what was taken and could not be noted is noted later, and not sent again', async () => {
  put('a 1', 'a 2')
  const { done } = queue
  let failures = 1
  queue.done = (id, result) => {
    if (failures-- > 0) throw new Error('disk full')
    done(id, result)
  }
  open(carrier(() => undefined, { effectOf: () => 'creates' }))
  await expect.poll(() => waiting()).toEqual([])
  expect(carried).toEqual(['a 1', 'a 2'])
  expect(troubles[0]).toContain('disk full')
})

test('the next life waits as long as the last one would have, and what is known by its key is never in doubt', async () => {
  put('a 1')
  const first = open(
    carrier(() => again),
    { firstBackoffMs: 60_000, maxBackoffMs: 600_000, random: () => 0 },
  )
  await expect.poll(() => queue.pending(1)[0]?.waitMs).toBe(60_000)
  await first.stop()
  let at = Date.now() + 30_000
  const second = open(
    carrier(() => undefined),
    { wallClock: () => at },
  )
  await second.stop(1_000, { drain: true })
  expect(carried).toHaveLength(1)
  at += 31_000
  const reach = async () => expect.unreachable('There is no doubt')
  open(
    carrier(() => undefined, { reach }),
    { wallClock: () => at },
  )
  await expect.poll(() => waiting()).toEqual([])
})

test('what may have arrived is looked for before it is sent again, and taken as sent where it is found', async () => {
  const looked: string[] = []
  const arrived = new Map([['there', 'm1']])
  let isAway = true
  const found = carrier(() => again, {
    effectOf: () => 'creates',
    carry: async ([{ content }]) => {
      carried.push(content)
      // The first answer to each is lost.
      if (carried.filter((one) => one === content).length === 1) throw again
      return { messageId: `sent ${content}` }
    },
    find: async ({ content }) => {
      looked.push(content)
      // Looking fails once, too: nothing is sent while nobody knows.
      if (isAway) {
        isAway = false
        throw again
      }
      const messageId = arrived.get(content)
      return messageId === undefined ? undefined : { messageId }
    },
  })
  queue.enqueue([{ target: 'a', slot: 's1', content: 'there', urgent: true }], 1)
  queue.enqueue([{ target: 'a', slot: 's2', content: 'lost', urgent: true }], 2)
  open(found)
  await expect.poll(() => queue.messageIn('a', 's2')).toBe('sent lost')
  expect(queue.messageIn('a', 's1')).toBe('m1')
  expect(carried).toEqual(['there', 'lost', 'lost'])
  expect(looked).toEqual(['there', 'there', 'lost'])
})

test('what cannot be looked for goes out again once the other side answers, and stays in doubt', async () => {
  const doubts: boolean[] = []
  let reached = 0
  const unknown = carrier(() => undefined, {
    effectOf: () => 'creates',
    carry: async ([{ inDoubt }]) => {
      doubts.push(inDoubt)
      if (doubts.length === 1) throw again
      return {}
    },
    find: async () => 'unknown',
    reach: async () => void reached++,
  })
  queue.enqueue([{ target: 'a', content: 'x', urgent: true }], 1)
  open(unknown)
  await expect.poll(() => queue.pending(10)).toEqual([])
  expect([doubts, reached]).toEqual([[false, true], 1])
})
