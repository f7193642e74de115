import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { createOutgoing } from '../../src/store/outgoing.ts'
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
  expect(createOutgoing(store).places()).toEqual(new Map())
  store.close()
})

test('what is put in and the place in the stream are stored together or not at all', () => {
  const store = openStore(dir)
  const outgoing = createOutgoing<{ n: number }>(store)
  const item = (n: number) => ({ receiver: 'a', eventSeq: n, delivery: `d${n}`, at: n, content: { n } })
  outgoing.take(['a', 'b'], 2, [item(1), item(2)])
  const cyclic: { n: number; self?: unknown } = { n: 4 }
  cyclic.self = cyclic
  expect(() => outgoing.take(['a'], 4, [item(3), { ...item(4), content: cyclic }])).toThrow()
  expect(outgoing.places()).toEqual(
    new Map([
      ['a', 2],
      ['b', 2],
    ]),
  )
  expect(outgoing.pending('a', 10).map(({ content }) => content.n)).toEqual([1, 2])
  // Read again, the stream adds nothing that is there already.
  outgoing.take(['a'], 3, [item(2), item(3)])
  expect(outgoing.pending('a', 2).map(({ delivery }) => delivery)).toEqual(['d1', 'd2'])
  outgoing.done([1])
  outgoing.failed([2], { at: 50, waitMs: 7 })
  expect(outgoing.pending('a', 10)).toMatchObject([
    { content: { n: 2 }, attempts: 1, failedAt: 50, waitMs: 7 },
    { content: { n: 3 }, attempts: 0 },
  ])
  expect([outgoing.giveUp('a', 3), outgoing.pending('a', 10).length]).toEqual([1, 1])
  expect([outgoing.keepOnly(['b']), outgoing.places()]).toEqual([1, new Map([['b', 2]])])
  store.close()
})
