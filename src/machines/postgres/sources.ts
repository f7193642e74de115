import type { Held, LeaseName } from '../machines.ts'
import type { SharedDatabase } from './database.ts'
import { LEASE_INTERVAL } from './runs.ts'

/** Who listens to sources. */
interface Listener {
  name: string
  /** Of this process. */
  instance: string
  /** Of its state folder: what a machine noted is there. */
  home: string
}

/** How a source stands. */
export interface SourceRow {
  id: string
  name: string
  machine: string
  fence: number
  isMine: boolean
  /** When its lease is over, unless it is renewed; ms. */
  expiryMs: number
}

/** Who listens to which source, and what was noted there: a value is JSON, null what was forgotten. */
export interface SourceLeases {
  /** Renews what this machine has, and takes what nobody has; `mayInherit`: also what another machine let expire. */
  claim: (sources: readonly { id: string; name: string }[], mayInherit: boolean) => Promise<SourceRow[]>
  renew: (lease: LeaseName) => Promise<Held>
  /** `forgotUpTo`: who had it last with an earlier fence may know what was forgotten since, and does not find it there. */
  notes: (id: string) => Promise<{ notes: Map<string, string | null>; forgotUpTo: number }>
  /** False: another machine has it by now, and nothing was noted. */
  note: (lease: LeaseName, notes: ReadonlyMap<string, string | null>) => Promise<boolean>
  /** Gives back all that this machine has, for others to take at once. */
  giveBack: () => Promise<void>
  /** Tells the others. */
  tell: (word: string) => Promise<void>
}

/** Keeps that in a database that machines share. */
export function sourceLeases(
  { sql, transaction }: Pick<SharedDatabase, 'sql' | 'transaction'>,
  me: Listener,
): SourceLeases {
  const MEMBER = 'EXISTS (SELECT 1 FROM baton.machine m WHERE m.name = $1 AND m.instance = $2)'
  const ME = [me.name, me.instance, me.home]
  const rowOf = ({ id, name, machine, fence, mine, expiry }: Found): SourceRow => ({
    ...{ id, name, machine, fence },
    ...{ isMine: mine, expiryMs: Math.round(expiry) },
  })
  return {
    async claim(sources, mayInherit) {
      // In one order, so that two machines never wait for each other.
      const sorted = sources.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const ids = sorted.map(({ id }) => id)
      // What is not claimed is another machine's, as it was before.
      const rows = await sql<Found>(
        `WITH claimed AS (
           INSERT INTO baton.source AS s (id, name, machine, home)
           SELECT id, name, $1, $3 FROM unnest($4::text[], $5::text[]) AS given (id, name) WHERE ${MEMBER}
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, machine = $1, home = $3, renewed = now(),
             fence = s.fence + CASE WHEN s.machine = $1 AND s.home = $3 THEN 0 ELSE 1 END
           WHERE (s.machine = $1 AND s.home = $3) OR ($6 AND s.renewed < now() - ${LEASE_INTERVAL})
           RETURNING id, name, machine, fence, renewed)
         SELECT id, name, machine, fence, true AS mine, ${EXPIRY} FROM claimed
         UNION ALL SELECT id, name, machine, fence, false, ${EXPIRY} FROM baton.source
         WHERE id = ANY ($4) AND id NOT IN (SELECT id FROM claimed)`,
        [...ME, ids, sorted.map(({ name }) => name), mayInherit],
      )
      return rows.map(rowOf)
    },
    async renew({ id, fence }) {
      const [held] = await sql(
        `UPDATE baton.source SET renewed = now() WHERE id = $4 AND fence = $5 AND machine = $1 AND home = $3 AND ${MEMBER} RETURNING 1`,
        [...ME, id, fence],
      )
      if (held) return 'held'
      const [mine] = await sql(
        'SELECT 1 FROM baton.source WHERE id = $3 AND fence = $4 AND machine = $1 AND home = $2',
        [...[me.name, me.home], ...[id, fence]],
      )
      return mine ? 'lapsed' : 'lost'
    },
    async notes(id) {
      // At once: what is no longer told and from when on belong together.
      const rows = await sql<{ key: string | null; value: string | null; forgot: number }>(
        `SELECT n.key, n.value, s.forgot FROM baton.source s LEFT JOIN baton.source_note n ON n.source = s.id WHERE s.id = $1`,
        [id],
      )
      return {
        notes: new Map(rows.flatMap(({ key, value }) => (key === null ? [] : [[key, value]]))),
        forgotUpTo: rows[0]?.forgot ?? 0,
      }
    },
    note: ({ id, fence }, notes) =>
      transaction(async (tx) => {
        // Whoever takes it over waits for this, and sees all of it or nothing.
        const [mine] = await tx.sql(
          `SELECT 1 FROM baton.source WHERE id = $4 AND fence = $5 AND machine = $1 AND home = $3 AND ${MEMBER} FOR UPDATE`,
          [...ME, id, fence],
        )
        if (!mine) return false
        await tx.sql(
          `INSERT INTO baton.source_note (source, key, value) SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS given (key, value)
           ON CONFLICT (source, key) DO UPDATE SET value = excluded.value, at = now()`,
          [id, [...notes.keys()], [...notes.values()]],
        )
        return true
      }),
    async giveBack() {
      await sql(
        `UPDATE baton.source SET renewed = now() - ${LEASE_INTERVAL} WHERE machine = $1 AND home = $3 AND ${MEMBER}`,
        ME,
      )
    },
    async tell(word) {
      await sql("SELECT pg_notify('baton', $1)", [word])
    },
  }
}

/** What each machine listens to at the moment. */
export async function listeningIn({ sql }: Pick<SharedDatabase, 'sql'>): Promise<Map<string, string[]>> {
  const rows = await sql<{ machine: string; names: string[] }>(
    `SELECT machine, array_agg(name ORDER BY name) AS names FROM baton.source
     WHERE renewed > now() - ${LEASE_INTERVAL} GROUP BY machine`,
  )
  return new Map(rows.map(({ machine, names }) => [machine, names]))
}

const EXPIRY = `(extract(epoch FROM renewed + ${LEASE_INTERVAL} - now()) * 1000)::float8 AS expiry`

interface Found extends Record<string, unknown> {
  id: string
  name: string
  machine: string
  fence: number
  mine: boolean
  expiry: number
}
