import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChatCall, deliveriesFor, editFor } from '../../src/chat/delivery.ts'
import { renderNotice } from '../../src/chat/render/notice.ts'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createMemoryDeliveries } from '../support/delivery-store.ts'

let dir: string
let store: Store<unknown>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-deliveries-'))
  store = openStore(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

type Step =
  | { do: 'send'; chatId: string; slot?: string; document: boolean }
  | { do: 'edit'; chatId: string; target: { slot: string } | { messageId: string } }
  | { do: 'begin' | 'fail' | 'finish' | 'drop'; nth: number }
  | { do: 'move' }

const chatId = fc.constantFrom('1', '2')
const slot = fc.constantFrom('ask:a', 'progress:b')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send' as const), chatId, document: fc.boolean() }),
  fc.record({ do: fc.constant('send' as const), chatId, slot, document: fc.boolean() }),
  fc.record({
    do: fc.constant('edit' as const),
    chatId,
    target: fc.oneof(fc.record({ slot }), fc.record({ messageId: fc.constantFrom('100', '101', '102', '103') })),
  }),
  fc.record({
    do: fc.constantFrom('begin' as const, 'fail' as const, 'finish' as const, 'drop' as const),
    nth: fc.nat(5),
  }),
  fc.constant({ do: 'move' as const }),
)

test('the stored queue does what its twin in memory does, whatever happens to it', () => {
  let channel = 0
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const stored = createDeliveries<ChatCall>(store.db, `telegram-${++channel}`)
      const twin = createMemoryDeliveries()
      const message = renderNotice('hello')
      steps.forEach((one, i) => {
        if (one.do === 'send' || one.do === 'edit') {
          const rows =
            one.do === 'edit'
              ? [editFor(one.chatId, one.target, message)]
              : deliveriesFor(
                  one.chatId,
                  one.document ? { ...message, document: { name: 'a', caption: 'a', content: 'b' } } : message,
                  one.slot === undefined ? {} : { slot: one.slot },
                )
          stored.enqueue(rows, i)
          twin.enqueue(...rows)
          return
        }
        if (one.do === 'move') {
          stored.moved('2', '3')
          twin.moved('2', '3')
          return
        }
        const [mine, its] = [stored.pending(10)[one.nth], twin.pending(10)[one.nth]]
        if (!mine || !its) return
        for (const [queue, id] of [[stored, mine.id] as const, [twin, its.id] as const]) {
          if (one.do === 'begin') queue.begin(id)
          if (one.do === 'fail') queue.failed(id, { at: i, waitMs: 5, inDoubt: true, flood: false, error: 'x' })
          if (one.do === 'finish') queue.done(id, { messageId: String(100 + i) })
          if (one.do === 'drop') queue.dropped(id, 'refused', 'x')
        }
      })
      const plain = (deliveries: object[]) =>
        deliveries.map((delivery) => {
          const { id: _, error: __, ...rest } = JSON.parse(JSON.stringify(delivery)) as Record<string, unknown>
          return rest
        })
      expect(plain(stored.pending(100))).toEqual(plain(twin.pending(100)))
      for (const name of ['ask:a', 'progress:b']) expect(stored.messageIn('1', name)).toBe(twin.messageIn('1', name))
    }),
    { numRuns: 60 },
  )
})
