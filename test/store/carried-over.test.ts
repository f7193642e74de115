import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChatCall } from '../../src/chat/delivery.ts'
import type { Notice } from '../../src/notify/store.ts'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { createReceiverPlaces } from '../../src/store/places.ts'
import { openStore } from '../../src/store/store.ts'
import { createUpdates } from '../../src/store/updates.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'carried-over-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Of 0.1.0, when chats and messages had numbers, and a message its HTML. */
function openOld(): DatabaseSync {
  const db = new DatabaseSync(join(dir, 'baton.db'))
  for (const migration of MIGRATIONS.slice(0, 4)) db.exec(migration)
  db.exec('PRAGMA user_version = 4')
  return db
}

const state = { urgent: true, begun: false, inDoubt: false, attempts: 0 }
const message = { html: '<b>May it?</b> &lt;x&gt;', plain: 'May it? <x>', silent: false }

test('what waits for a chat is carried over word for word, with its doubt, its buttons and what it follows', () => {
  const old = openOld()
  const insert = old.prepare(
    "INSERT INTO deliveries (channel, target, slot, state, created_at, json) VALUES ('telegram', '4711', ?, 'waiting', 5, ?)",
  )
  const put = (slot: string | null, json: object) => insert.run(slot, JSON.stringify({ ...state, ...json }))
  put(null, { shipment: { kind: 'document', document: { name: 'a.md', content: 'all' } }, inDoubt: true })
  const buttons = [[{ text: 'Approve', data: 'a:approve', needsDocument: true }]]
  put('ask:a', { shipment: { kind: 'send', message: { ...message, buttons }, replyTo: 7 }, documentId: 1 })
  put('message:9', { shipment: { kind: 'edit', message }, messageId: 9 })
  put('progress:b', { shipment: { kind: 'delete' }, failedAt: 6, waitMs: 7, flood: true })
  old.exec("INSERT INTO slots VALUES ('telegram', '4711', 'progress:b', 8)")
  old.exec(
    "INSERT INTO deliveries (channel, target, slot, state, created_at, json) VALUES ('telegram', '1', NULL, 'done', 5, '{}')",
  )
  old.close()

  const store = openStore(dir)
  const deliveries = createDeliveries<ChatCall>(store.db, 'telegram')
  const about = { target: '4711', urgent: true, begun: false, inDoubt: false, attempts: 0 }
  const body = ['May it? <x>']
  expect(deliveries.pending(10)).toEqual([
    { ...about, id: 1, inDoubt: true, content: { kind: 'document', document: { name: 'a.md', content: 'all' } } },
    {
      ...about,
      id: 2,
      slot: 'ask:a',
      content: { kind: 'send', message: { body, silent: false, buttons }, replyTo: '7' },
    },
    { ...about, id: 3, slot: 'message:9', messageId: '9', content: { kind: 'edit', message: { body, silent: false } } },
    {
      ...about,
      ...{
        id: 4,
        slot: 'progress:b',
        messageId: '8',
        content: { kind: 'delete' },
        failedAt: 6,
        waitMs: 7,
        flood: true,
      },
    },
  ])
  expect([deliveries.messageIn('4711', 'progress:b'), deliveries.slotOf('4711', '8')]).toEqual(['8', 'progress:b'])
  deliveries.dropped(1, 'refused', '')
  expect(deliveries.pending(10)[0]).toMatchObject({ id: 2, documentLost: true })
  store.close()
})

test('what was heard and is not handled yet comes in order, and what was handled does not count again', () => {
  const old = openOld()
  const insert = old.prepare(
    "INSERT INTO updates (channel, id, received_at, json, handled_at) VALUES ('telegram', ?, 1, ?, ?)",
  )
  insert.run(100, '{"update_id":100}', null)
  insert.run(99, '{"update_id":99}', null)
  insert.run(98, null, 2)
  old.close()
  const store = openStore(dir)
  const updates = createUpdates<{ update_id: number }>(store.db, 'telegram')
  expect(updates.unhandled()).toEqual([{ update_id: 99 }, { update_id: 100 }])
  expect(updates.store('98', { update_id: 98 }, 3)).toBe(false)
  expect(updates.store('101', { update_id: 101 }, 3)).toBe(true)
  store.close()
})

test('open asks, awaited words and claimed cards are known by the new names of their chats, people and updates', () => {
  const old = openOld()
  const note = old.prepare('INSERT INTO meta (key, json) VALUES (?, ?)')
  const shown = { hash: 'h', choices: ['approve'], chats: [4711, -100], dialogs: { 4711: { step: 0, replies: [] } } }
  const claim = { updateId: 5, by: { surface: 'telegram', who: 'Anna (4711)' }, isDone: true }
  note.run('telegram:asks', JSON.stringify({ a: shown }))
  note.run('telegram:awaited', JSON.stringify({ 4711: { slot: 'other:a', userId: 4711 } }))
  note.run(
    'telegram:cards',
    JSON.stringify([
      { id: 'c', claims: { all: claim } },
      { id: 'd', claims: {} },
    ]),
  )
  old.close()
  const store = openStore(dir)
  expect(store.read.meta('telegram:asks')).toEqual({ a: { ...shown, chats: ['4711', '-100'] } })
  expect(store.read.meta('telegram:awaited')).toEqual({ 4711: { slot: 'other:a', userId: '4711' } })
  expect(store.read.meta('cards')).toEqual([
    { id: 'c', claims: { all: { ...claim, updateId: '5', by: { surface: 'telegram', id: '4711', name: 'Anna' } } } },
    { id: 'd', claims: {} },
  ])
  store.close()
})

test('a database without any of it is brought up, too', () => {
  const old = openOld()
  old.prepare("INSERT INTO meta (key, json) VALUES ('telegram:asks', '{}')").run()
  old.close()
  const store = openStore(dir)
  expect(store.read.meta('telegram:asks')).toEqual({})
  store.close()
})

test('what waits for other systems is carried over with its tries, and the stream adds none of it again', () => {
  const old = openOld()
  const insert = old.prepare(
    'INSERT INTO outgoing (receiver, event_seq, delivery, at, attempts, failed_at, wait_ms, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const told = (text: string) => ({ notification: { type: 'info', message: text, data: { more: null, list: [1] } } })
  insert.run('r', 7, 'id-7', 70, 3, 71, 900, JSON.stringify(told('first')))
  insert.run('r', 8, 'id-8', 80, 0, null, null, JSON.stringify(told('second')))
  old.exec("INSERT INTO outgoing_places VALUES ('r', 8)")
  old.close()
  const store = openStore(dir)
  const deliveries = createDeliveries<Notice>(store.db, 'notify')
  const about = { target: 'r', urgent: true, begun: false, inDoubt: false }
  const first = { ...about, key: '7', at: 70, content: { id: 'id-7', told: told('first') } }
  const second = { ...about, key: '8', at: 80, content: { id: 'id-8', told: told('second') } }
  const pending = deliveries.pending(10).map(({ id: _, ...delivery }) => delivery)
  expect(pending).toEqual([
    { ...first, attempts: 3, failedAt: 71, waitMs: 900 },
    { ...second, attempts: 0 },
  ])
  deliveries.enqueue([{ ...second, content: { id: 'other', told: told('again') as never } }], 0)
  expect(deliveries.pending(10)).toHaveLength(2)
  expect(createReceiverPlaces(store.db).all()).toEqual(new Map([['r', 8]]))
  store.close()
})
