import type { Store } from '../../store/store.ts'
import { HOUR_MS } from '../../text/durations.ts'

/** What maintenance needs. */
export interface MaintenancePorts {
  store: Pick<Store<unknown>, 'db' | 'read' | 'setMeta'>
  now: () => number
  /** Drops what need not be kept any longer, seen from `at` (epoch ms). */
  applyRetention: (at: number, signal: AbortSignal) => Promise<void>
  onError: (error: unknown) => void
  firstMs?: number
  everyMs?: number
}

const FIRST_MS = 3_000
const EVERY_MS = 3_600_000
const TIDY_MS = 20 * EVERY_MS
const KEY = 'keeping'

/** What is remembered from one look to the next, restarts included. */
interface Kept {
  /** The time that was trusted last. */
  at: number
  /** When it was cleaned up last, by the same clock. */
  tidiedAt?: number
}

/**
 * Maintenance, once an hour: brings the write-ahead log into the database, and once a day drops what is old.
 * Returns what ends it; a clean-up under way is stopped between two steps.
 */
export function startMaintenance({
  store,
  now,
  applyRetention,
  onError,
  firstMs,
  everyMs,
}: MaintenancePorts): () => Promise<void> {
  const ending = new AbortController()
  let looking: Promise<void> = Promise.resolve()

  const look = async () => {
    const before = store.read.meta<Kept>(KEY)
    const at = trustedTime(before?.at, now())
    const isDue = before?.tidiedAt === undefined || Math.abs(at - before.tidiedAt) >= TIDY_MS
    store.setMeta(KEY, { at, ...(before?.tidiedAt !== undefined && { tidiedAt: before.tidiedAt }) } satisfies Kept)
    if (isDue) {
      await applyRetention(at, ending.signal)
      if (!ending.signal.aborted) store.setMeta(KEY, { at, tidiedAt: at } satisfies Kept)
    }
    // Without it the log stays as long as it ever was.
    if (!ending.signal.aborted) store.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }
  const run = () => {
    looking = looking.then(look).catch(onError)
  }
  const first = setTimeout(run, firstMs ?? FIRST_MS).unref()
  const timer = setInterval(run, everyMs ?? EVERY_MS).unref()
  return async () => {
    clearTimeout(first)
    clearInterval(timer)
    ending.abort()
    await looking
  }
}

/** A machine that was off for long catches up within days; a clock that is wrong by months does not delete at once. */
const MOST_AN_HOUR_MS = 26 * HOUR_MS

/**
 * The time by which things may be deleted for their age: the clock, but never much ahead of what was trusted before, so that
 * a clock that jumps by weeks has deleted nothing by the time somebody corrects it. To be asked once an hour; epoch ms.
 */
export function trustedTime(before: number | undefined, now: number): number {
  return before === undefined ? now : Math.min(now, Math.max(before, 0) + MOST_AN_HOUR_MS)
}
