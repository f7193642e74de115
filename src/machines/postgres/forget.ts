import { RUNS, type SharedDatabase } from './database.ts'

/** A run that has ended, with the texts of its files: whoever offered it has noted it, or will not come back. */
const NOTED = "interval '7 days'"
const UNNOTED = "interval '30 days'"
/** Longer than any platform sends the same event again. */
const HEARD = "interval '2 days'"
/** Every machine that listens meanwhile learns what was forgotten of its source; who comes later is told that there was something. */
const FORGOTTEN = "interval '90 days'"
/** A machine that is not there any more. */
const UNSEEN = "interval '90 days'"

/** Takes out of the database what nobody asks for any more: all there is to wait for is as old as its newest change. */
export async function forgetOld({ sql, boss }: Pick<SharedDatabase, 'sql' | 'boss'>): Promise<void> {
  await sql(
    `DELETE FROM baton.run WHERE ended IS NOT NULL
     AND (ended < now() - ${UNNOTED} OR (noted AND ended < now() - ${NOTED}))`,
  )
  await sql(`DELETE FROM baton.heard WHERE at < now() - ${HEARD}`)
  await sql(
    `DELETE FROM baton.machine m WHERE seen < now() - ${UNSEEN}
     AND NOT EXISTS (SELECT 1 FROM baton.run r WHERE r.machine = m.name AND r.ended IS NULL)`,
  )
  // No machine forgets these because another one did (`source-notes.ts`).
  await sql(`DELETE FROM baton.source_note WHERE value IS NULL AND (key LIKE 'seen/%' OR key LIKE 'item/%')`)
  await sql(
    `WITH gone AS (DELETE FROM baton.source_note WHERE value IS NULL AND at < now() - ${FORGOTTEN} RETURNING source)
     UPDATE baton.source SET forgot = fence WHERE id IN (SELECT source FROM gone)`,
  )
  // Jobs that are over for as long as the queue says.
  await boss.supervise(RUNS)
}
