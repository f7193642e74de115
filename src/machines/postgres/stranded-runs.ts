import type { LeaseName, NewOffer, RunResult } from '../machines.ts'
import { RUNS, type SharedDatabase, type Transaction } from './database.ts'

/** A run that waits for a machine that is gone. */
export interface StrandedRun extends NewOffer {
  id: string
  fence: number
  /** The machine that is gone, and when it was last heard of, ms. */
  machine: string
  silentSince: number
}

/** What waits for a machine that is gone: one of the others asks a person about it, and does what they decide. */
export interface StrandedRuns {
  /** What may be asked about here: nobody else that is there asks. */
  list: (projects: readonly string[]) => Promise<StrandedRun[]>
  /** Makes this the machine that asks; for which time somebody asks about it, or undefined: another does, or it is not stranded any more. */
  claim: (run: LeaseName) => Promise<number | undefined>
  /** Whether what this machine asks about is still to be decided. */
  isOpen: (run: LeaseName) => Promise<boolean>
  /** Makes it this machine's own, to take it next; false: the one that had it is back. The same twice is the same as once. */
  adopt: (run: LeaseName) => Promise<boolean>
  /** Ends it on all machines. */
  giveUp: (run: LeaseName, result: RunResult) => Promise<boolean>
  /** Nobody decided, and nobody is asked about it for an hour. */
  release: (run: LeaseName) => Promise<void>
}

/** A machine that nobody has heard of for so long may never come back. */
export const MACHINE_GONE = "interval '10 minutes'"
/** Who asks and is not heard of for so long leaves it to another. */
const ASKER_GONE = "interval '1 minute'"
const ASK_AGAIN = "interval '1 hour'"

/** Asks about them through a database. `send`: offers a run once more. */
export function strandedRuns(
  { boss, sql, transaction }: Pick<SharedDatabase, 'boss' | 'sql' | 'transaction'>,
  taker: { name: string },
  send: (tx: Transaction, run: { id: string; project: string; target: string }) => Promise<void>,
): StrandedRuns {
  const isGone = `NOT EXISTS (SELECT 1 FROM baton.machine m WHERE m.name = r.machine AND m.seen >= now() - ${MACHINE_GONE})`
  const IS_STRANDED = `r.ended IS NULL AND (r.state = 'parked' OR (r.state = 'queued' AND r.target = r.machine)) AND ${isGone}`
  const mayAsk = `(r.asked_by = $1 OR (r.asked_by IS NULL AND (r.asked_at IS NULL OR r.asked_at < now() - ${ASK_AGAIN}))
    OR r.asked_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM baton.machine a WHERE a.name = r.asked_by AND NOT a.has_left AND a.seen >= now() - ${ASKER_GONE}))`
  const MINE = 'r.id = $2 AND r.fence = $3 AND r.asked_by = $1'
  const named = ({ id, fence }: LeaseName) => [taker.name, id, fence]
  const SINCE = '(extract(epoch FROM COALESCE(m.seen, r.at)) * 1000)::float8'

  return {
    async list(projects) {
      const rows = await sql<{ id: string; fence: number; offer: NewOffer; machine: string; since: number }>(
        `SELECT r.id, r.fence, r.offer, r.machine, ${SINCE} AS since FROM baton.run r LEFT JOIN baton.machine m ON m.name = r.machine
         WHERE ${IS_STRANDED} AND r.machine <> $1 AND r.project = ANY ($2) AND ${mayAsk} ORDER BY r.at LIMIT 20`,
        [taker.name, projects],
      )
      return rows.map(({ id, fence, offer, machine, since }) => ({
        ...{ ...offer, id, fence, machine },
        silentSince: Math.round(since),
      }))
    },
    async claim(run) {
      const [row] = await sql<{ asks: number }>(
        `UPDATE baton.run r SET asked_by = $1, asked_at = now(), asks = CASE WHEN r.asked_by = $1 THEN r.asks ELSE r.asks + 1 END
         WHERE r.id = $2 AND r.fence = $3 AND ${IS_STRANDED} AND ${mayAsk} RETURNING asks`,
        named(run),
      )
      return row?.asks
    },
    isOpen: async (run) =>
      (await sql(`SELECT 1 FROM baton.run r WHERE ${MINE} AND ${IS_STRANDED}`, named(run))).length > 0,
    adopt: (run) =>
      transaction(async (tx) => {
        const [row] = await tx.sql<{ project: string; job: string; machine: string }>(
          `SELECT r.project, r.job, r.machine FROM baton.run r WHERE ${MINE} AND r.ended IS NULL
           AND ((r.machine = $1 AND r.state = 'queued') OR (${IS_STRANDED})) FOR UPDATE`,
          named(run),
        )
        if (!row) return false
        if (row.machine === taker.name) return true
        await boss.complete(RUNS, row.job, null, { db: tx.db, includeQueued: true })
        await tx.sql("UPDATE baton.run SET state = 'queued', machine = $2, target = $2 WHERE id = $1", [
          run.id,
          taker.name,
        ])
        await send(tx, { id: run.id, project: row.project, target: taker.name })
        return true
      }, true),
    giveUp: (run, result) =>
      transaction(async ({ sql, db }) => {
        const [row] = await sql<{ job: string }>(
          `UPDATE baton.run r SET state = $4, result = $5, ended = now() WHERE ${MINE} AND ${IS_STRANDED} RETURNING job`,
          [...named(run), result.state, JSON.stringify(result)],
        )
        if (row) await boss.complete(RUNS, row.job, null, { db, includeQueued: true })
        return row !== undefined
      }, true),
    async release(run) {
      await sql(`UPDATE baton.run r SET asked_by = NULL, asked_at = now() WHERE ${MINE}`, named(run))
    },
  }
}
