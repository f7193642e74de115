import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/outbox/delivery.ts'
import { scheduleDeliveries, type Traffic } from '../../src/outbox/schedule-deliveries.ts'

type Kind = 'send' | 'edit' | 'delete'
const EFFECTS = { send: 'creates', edit: 'changes', delete: 'removes' } as const
const delivery = (id: number, kind: Kind, fields: Partial<Delivery<Kind>> = {}): Delivery<Kind> => ({
  id,
  target: '1',
  content: kind,
  urgent: kind === 'send',
  begun: false,
  inDoubt: false,
  attempts: 0,
  ...fields,
})
const traffic = (fields: Partial<Traffic<Kind>> = {}): Traffic<Kind> => ({
  now: 1000,
  busy: new Set(),
  notBefore: () => 0,
  lastSilentAt: new Map(),
  silentGapMs: () => 100,
  effectOf: (kind) => EFFECTS[kind],
  ...fields,
})
const sent = (pending: Delivery<Kind>[], fields?: Partial<Traffic<Kind>>) =>
  scheduleDeliveries(pending, traffic(fields)).send.map((d) => d.id)

describe('what goes out next', () => {
  test('in order in a chat, one at a time, side by side between chats', () => {
    const pending = [delivery(1, 'send'), delivery(2, 'send'), delivery(3, 'send', { target: '2' })]
    expect(sent(pending)).toEqual([1, 3])
    expect(sent(pending, { busy: new Set(['1']) })).toEqual([3])
  })

  test('what needs a person overtakes silent progress', () => {
    expect(sent([delivery(1, 'edit', { slot: 'progress:a' }), delivery(2, 'send')])).toEqual([2])
  })

  test('a message goes before its edits even when only the edit is urgent', () => {
    const pending = [
      delivery(1, 'send', { slot: 'p', urgent: false }),
      delivery(2, 'edit', { slot: 'p', urgent: true }),
    ]
    expect(sent(pending)).toEqual([1])
  })

  test('of several edits of a message only the last is sent', () => {
    const pending = [1, 2, 3].map((id) => delivery(id, 'edit', { slot: 'p' }))
    const plan = scheduleDeliveries(pending, traffic())
    expect(plan.superseded.map((d) => d.id)).toEqual([1, 2])
    expect(plan.send.map((d) => d.id)).toEqual([3])
  })

  test('an edit that holds the chat back after a 429 does so until it is due, also when a later one makes it needless', () => {
    const pending = [delivery(1, 'edit', { slot: 'p', flood: true }), delivery(2, 'edit', { slot: 'p' })]
    const held = scheduleDeliveries(pending, traffic({ notBefore: ({ id }) => (id === 1 ? 5_000 : 0) }))
    expect(held).toEqual({ send: [], superseded: [], wakeAt: 5_000 })
    const due = scheduleDeliveries(pending, traffic({ now: 5_000, notBefore: ({ id }) => (id === 1 ? 5_000 : 0) }))
    expect(due).toMatchObject({ send: [{ id: 2 }], superseded: [{ id: 1 }] })
  })

  test('an urgent edit is not lost to a later silent one, a deletion makes edits needless', () => {
    const urgent = delivery(1, 'edit', { slot: 'p', urgent: true })
    expect(scheduleDeliveries([urgent, delivery(2, 'edit', { slot: 'p' })], traffic()).superseded).toEqual([])
    expect(
      scheduleDeliveries([urgent, delivery(2, 'delete', { slot: 'p', urgent: true })], traffic()).superseded,
    ).toEqual([urgent])
  })

  test('a failed delivery holds up its chat until it is due, and tells when', () => {
    const plan = scheduleDeliveries(
      [delivery(1, 'send'), delivery(2, 'send')],
      traffic({ notBefore: (d) => (d.id === 1 ? 1500 : 0) }),
    )
    expect(plan).toEqual({ send: [], superseded: [], wakeAt: 1500 })
  })

  test('after a 429 nothing goes to the chat, not even what is urgent', () => {
    const pending = [delivery(1, 'edit', { slot: 'p', flood: true }), delivery(2, 'send')]
    expect(sent(pending, { notBefore: (d) => (d.id === 1 ? 1500 : 0) })).toEqual([])
  })

  test('silent edits keep their distance, other things do not wait for it', () => {
    const lastSilentAt = new Map([['1', 950]])
    expect(scheduleDeliveries([delivery(1, 'edit', { slot: 'p' })], traffic({ lastSilentAt }))).toMatchObject({
      send: [],
      wakeAt: 1050,
    })
    expect(sent([delivery(1, 'edit', { slot: 'p', urgent: true })], { lastSilentAt })).toEqual([1])
  })

  test('whatever is waiting, everything but needless edits goes out, each message before its edits, urgent ones in order', () => {
    const arbitrary = fc.array(
      fc.record({
        kind: fc.constantFrom('send' as const, 'edit' as const, 'delete' as const),
        slot: fc.constantFrom('p', 'q', undefined),
        urgent: fc.boolean(),
        target: fc.constantFrom('1', '2'),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(arbitrary, (rows) => {
        let pending = rows.map(({ kind, slot, ...rest }, i) =>
          delivery(i + 1, kind, { ...rest, ...(slot && { slot }) }),
        )
        const everything = new Map(pending.map((d) => [d.id, d]))
        const order: Delivery<Kind>[] = []
        const superseded: Delivery<Kind>[] = []
        for (let rounds = 0; pending.length > 0; rounds++) {
          expect(rounds).toBeLessThan(20)
          const plan = scheduleDeliveries(pending, traffic())
          const gone = new Set([...plan.send, ...plan.superseded].map((d) => d.id))
          order.push(...plan.send)
          superseded.push(...plan.superseded)
          pending = pending.filter((d) => !gone.has(d.id))
        }
        expect(order.length + superseded.length).toBe(everything.size)
        expect(superseded.every((d) => d.content === 'edit')).toBe(true)
        for (const target of ['1', '2']) {
          const inChat = order.filter((d) => d.target === target)
          const urgentSends = inChat.filter((d) => d.urgent && d.slot === undefined).map((d) => d.id)
          expect(urgentSends).toEqual(urgentSends.toSorted((a, b) => a - b))
          for (const slot of ['p', 'q']) {
            const ofSlot = inChat.filter((d) => d.slot === slot).map((d) => d.id)
            expect(ofSlot).toEqual(ofSlot.toSorted((a, b) => a - b))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
