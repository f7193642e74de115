import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FaultHome } from '../home.ts'

/** What the daemon itself has written down, read beside it: only to know when to look, and for what never showed. */
export interface Records {
  /** Updates that were stored, and those of them that are not handled. */
  stored: number
  unhandled: number
  /** Messages that wait to be sent; silent edits are none. */
  waiting: number
  /** Ids of the asks that nobody has decided. */
  openAsks: string[]
  isEnded: boolean
}

/** Reads them; undefined while there is no database. */
export function readRecords({ stateDir }: FaultHome): Records | undefined {
  const file = join(stateDir, 'baton.db')
  if (!existsSync(file)) return undefined
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 })
  try {
    const count = (sql: string) => Number(db.prepare(sql).get()?.n)
    return {
      stored: count('SELECT count(*) AS n FROM updates'),
      unhandled: count('SELECT count(*) AS n FROM updates WHERE handled_at IS NULL'),
      waiting: count(
        "SELECT count(*) AS n FROM deliveries WHERE state = 'waiting' AND json_extract(json, '$.urgent') = 1",
      ),
      openAsks: db
        .prepare("SELECT id FROM asks WHERE state = 'open'")
        .all()
        .map(({ id }) => String(id)),
      isEnded: count("SELECT count(*) AS n FROM runs WHERE state IN ('done', 'failed', 'stopped')") > 0,
    }
  } finally {
    db.close()
  }
}
