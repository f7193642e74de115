import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startMaintenance, trustedTime } from '../../src/daemon/upkeep/maintenance.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let dir: string
let store: Store<unknown>
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-keeping-'))
  store = openStore(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Looks so many times, a moment apart, at a clock that `clock` gives. */
async function look(times: number, clock: (i: number) => number): Promise<number[]> {
  const tidied: number[] = []
  let i = 0
  const stop = startMaintenance({
    store,
    now: () => clock(i++),
    applyRetention: async (at) => void tidied.push(at),
    onError: (error) => {
      throw error
    },
    firstMs: 1,
    everyMs: 10,
  })
  await expect.poll(() => i, { interval: 5 }).toBeGreaterThanOrEqual(times)
  await stop()
  return tidied
}

describe('maintenance', () => {
  it('tidies at first and then once a day', async () => {
    const start = Date.UTC(2026, 10, 21)
    const tidied = await look(50, (i) => start + Math.min(i, 49) * HOUR_MS)
    expect(tidied.map((at) => (at - start) / HOUR_MS)).toEqual([0, 20, 40])
  })

  it('brings the write-ahead log back to nothing', async () => {
    for (let i = 0; i < 300; i++)
      store.inbox.put({ key: `k${i}`, queue: 'main', content: 'x'.repeat(9_000), receivedAt: 0 })
    expect(statSync(join(dir, 'baton.db-wal')).size).toBeGreaterThan(1_000_000)
    await look(1, () => Date.now())
    expect(statSync(join(dir, 'baton.db-wal')).size).toBe(0)
  })

  it('does not follow a clock that jumps by weeks at once, and follows a machine that was off for long within days', () => {
    const before = Date.UTC(2026, 10, 21)
    const jumped = before + 40 * DAY_MS
    expect(trustedTime(undefined, before)).toBe(before)
    expect(trustedTime(before, before + HOUR_MS)).toBe(before + HOUR_MS)
    expect(trustedTime(before, before - 7 * DAY_MS)).toBe(before - 7 * DAY_MS)
    expect(trustedTime(before, jumped) - before).toBeLessThan(2 * DAY_MS)
    let trusted = before
    for (let hour = 0; hour < 48; hour++) trusted = trustedTime(trusted, jumped)
    expect(trusted).toBe(jumped)
  })
})
