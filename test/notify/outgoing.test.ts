import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { createReceiverPlaces } from '../../src/store/places.ts'
import { openStore } from '../../src/store/store.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outgoing-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('a database of the version before gets the tables, and keeps what it has', () => {
  const old = new DatabaseSync(join(dir, 'baton.db'))
  old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`)
  old.exec("INSERT INTO meta (key, json) VALUES ('kept', '1')")
  old.close()
  const store = openStore(dir)
  expect(store.read.meta('kept')).toBe(1)
  expect(createReceiverPlaces(store.db).all()).toEqual(new Map())
  store.close()
})

test('what is put in and the place in the stream are stored together or not at all', () => {
  const store = openStore(dir)
  const deliveries = createDeliveries<{ id: string; n: number }>(store.db, 'notify')
  const places = createReceiverPlaces(store.db)
  const item = (n: number) => ({ target: 'a', key: String(n), content: { id: `d${n}`, n }, at: n, urgent: true })
  const take = (receivers: string[], seq: number, items: ReturnType<typeof item>[]) =>
    deliveries.together(() => {
      places.move(receivers, seq)
      deliveries.enqueue(items, 0)
    })
  take(['a', 'b'], 2, [item(1), item(2)])
  const cyclic: { id: string; n: number; self?: unknown } = { id: 'd4', n: 4 }
  cyclic.self = cyclic
  expect(() => take(['a'], 4, [item(3), { ...item(4), content: cyclic }])).toThrow()
  expect(places.all()).toEqual(
    new Map([
      ['a', 2],
      ['b', 2],
    ]),
  )
  const pending = () => deliveries.pending(10)
  expect(pending().map(({ content }) => content.n)).toEqual([1, 2])
  // Read again, the stream adds nothing that already exists.
  take(['a'], 3, [item(2), item(3)])
  expect(deliveries.pending(2).map(({ content }) => content.id)).toEqual(['d1', 'd2'])
  deliveries.done(1, {})
  deliveries.failed(2, { at: 50, waitMs: 7, inDoubt: false, flood: false, error: '' })
  expect(pending()).toMatchObject([
    { content: { n: 2 }, attempts: 1, failedAt: 50, waitMs: 7 },
    { content: { n: 3 }, attempts: 0 },
  ])
  // Nor does it what was told already.
  take(['a'], 3, [item(1)])
  expect(pending()).toHaveLength(2)
  expect([deliveries.giveUp('a', 3), pending().length]).toEqual([1, 1])
  places.keepOnly(['b'])
  expect([deliveries.keepOnly(['b']), places.all()]).toEqual([1, new Map([['b', 2]])])
  store.close()
})
