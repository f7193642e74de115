import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeliveries } from '../../src/store/deliveries.ts'
import { pruneStore } from '../../src/store/prune.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const DAY_MS = 86_400_000
const KEEP = { runs: 1, days: 1 }

let dir: string
let store: Store<unknown>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-prune-'))
  store = openStore(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const count = (table: string) => Number(store.db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.n)
const send = (target: string, more: { slot?: string; followsDocument?: true } = {}) => ({
  target,
  content: 'x'.repeat(10_000),
  urgent: true,
  ...more,
})

describe('deliveries', () => {
  it('keep nothing of what was said once they are over', () => {
    const deliveries = createDeliveries<string>(store.db, 'telegram')
    deliveries.enqueue([send('1'), send('1')], 0)
    deliveries.done(1, {})
    deliveries.dropped(2, 'refused', 'too long')
    const sizes = store.db.prepare('SELECT length(json) AS n FROM deliveries').all()
    for (const { n } of sizes) expect(Number(n)).toBeLessThan(100)
  })

  it('go a day after they are over, while nothing waits that may refer to them', () => {
    const deliveries = createDeliveries<string>(store.db, 'telegram')
    deliveries.enqueue([send('1'), send('1', { followsDocument: true }), send('2')], 0)
    deliveries.done(1, {})
    deliveries.done(3, {})
    pruneStore(store, KEEP, 2 * DAY_MS)
    expect(deliveries.pending(5)).toMatchObject([{ id: 2 }])
    expect(deliveries.pending(5)[0]).not.toHaveProperty('documentLost')
    expect(count('deliveries')).toBe(2)
    deliveries.done(2, {})
    pruneStore(store, KEEP, 2 * DAY_MS)
    expect(count('deliveries')).toBe(0)
  })

  it('do not let the messages that can be edited become more and more', () => {
    const insert = store.db.prepare("INSERT INTO slots VALUES ('telegram', ?, ?, ?)")
    store.transaction(() => {
      for (let i = 0; i < 6_000; i++) insert.run('1', `ask:${i}`, String(i))
      insert.run('2', 'ask:a', '1')
    })
    pruneStore(store, KEEP, 2 * DAY_MS)
    expect(count('slots')).toBe(5_001)
    const deliveries = createDeliveries<string>(store.db, 'telegram')
    expect(deliveries.messageIn('1', 'ask:5999')).toBe('5999')
    expect(deliveries.messageIn('1', 'ask:0')).toBeUndefined()
    expect(deliveries.messageIn('2', 'ask:a')).toBe('1')
  })
})

describe('what was noted about a task that is gone', () => {
  it('goes with it', () => {
    store.setMeta('undo:gone', { from: 'a' })
    store.setMeta('schedule', {})
    pruneStore(store, KEEP, 2 * DAY_MS)
    expect(store.read.meta('undo:gone')).toBeUndefined()
    expect(store.read.meta('schedule')).toEqual({})
  })
})
