import { DAY_MS } from '../text/durations.ts'
import type { Store } from './store.ts'

/** What is kept; everything older that nothing open depends on goes. */
export interface Keep {
  runs: number
  days: number
}

/** What pruning let go of. */
export interface Pruned {
  runIds: string[]
  rows: number
}

/** Ids of updates and keys of acts are kept this long as guards against repetition; Telegram keeps updates one day. */
const GUARD_DAYS = 14
/** Deliveries that are over are kept this long: a document's for the message that follows it. */
const DELIVERED_DAYS = 1
/** Messages of a chat that can still be edited, newest first. */
const SLOTS = 5_000

/** Ended runs beyond `keep`, whose rows, logs and checkpoints may go. The latest of all is never among them. */
export function prunableRuns<T>({ db }: Store<T>, keep: Keep, now: number): string[] {
  const ended = db
    .prepare(
      "SELECT id, created_at FROM runs WHERE state IN ('done', 'failed', 'stopped') ORDER BY created_at DESC, seq DESC",
    )
    .all()
  const before = now - keep.days * DAY_MS
  return ended
    .filter((row, i) => i > 0 && (i >= keep.runs || Number(row.created_at) < before))
    .map((row) => String(row.id))
}

/**
 * Drops ended runs beyond `keep`, of events that are older, and of what was handled or delivered long ago, so that
 * the database stays bounded. Open runs, and what waits to be delivered, are never touched.
 */
export function pruneStore<T>(store: Store<T>, keep: Keep, now: number): Pruned {
  return store.transaction(() => {
    const { db } = store
    const gone = prunableRuns(store, keep, now)
    const deleteRun = db.prepare('DELETE FROM runs WHERE id = ?')
    const deleteEvents = db.prepare('DELETE FROM events WHERE run_id = ?')
    let rows = 0
    for (const id of gone) rows += Number(deleteRun.run(id).changes) + Number(deleteEvents.run(id).changes)
    const run = (sql: string, ...values: (string | number)[]) => {
      rows += Number(db.prepare(sql).run(...values).changes)
    }
    const guard = now - GUARD_DAYS * DAY_MS
    run('DELETE FROM events WHERE run_id IS NULL AND at < ?', now - keep.days * DAY_MS)
    run('DELETE FROM inbox WHERE handled_at IS NOT NULL AND handled_at < ?', guard)
    run('DELETE FROM updates WHERE handled_at IS NOT NULL AND handled_at < ?', guard)
    run(
      `DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < ? AND NOT EXISTS (
         SELECT 1 FROM deliveries w WHERE w.state = 'waiting' AND w.channel = deliveries.channel AND w.target = deliveries.target)`,
      now - DELIVERED_DAYS * DAY_MS,
    )
    run("DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < ?", guard)
    run(
      `DELETE FROM slots WHERE rowid IN (
         SELECT rowid FROM (SELECT rowid, ROW_NUMBER() OVER (PARTITION BY channel, target ORDER BY length(message_id) DESC, message_id DESC) AS place FROM slots)
         WHERE place > ?)
       AND NOT EXISTS (SELECT 1 FROM asks WHERE state = 'open' AND instr(slots.slot, asks.id) > 0)`,
      SLOTS,
    )
    run("DELETE FROM meta WHERE key LIKE 'undo:%' AND substr(key, 6) NOT IN (SELECT id FROM tasks)")
    run('DELETE FROM contexts WHERE hash NOT IN (SELECT context FROM tasks WHERE context IS NOT NULL)')
    return { runIds: gone, rows }
  })
}
