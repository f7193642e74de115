import type { SharedDatabase } from './database.ts'

/** An event that happened on another machine. */
export interface HappenedThere {
  machine: string
  /** Its place among what that machine told the others; later ones have a higher one. */
  place: number
  event: Record<string, unknown>
}

/** Events that machines tell each other: of each the newest, for a while. */
export interface CrossedEvents {
  /** Place in this machine's own stream of the newest one that the others have. */
  newest: () => Promise<number | undefined>
  /** Tells them; the same again is the same as once. */
  publish: (events: readonly { seq: number; json: string }[]) => Promise<void>
  /** Of the other machines, after these places: oldest first, and as many as fit. */
  after: (places: ReadonlyMap<string, number>) => Promise<HappenedThere[]>
  /** What is too old for anybody to come back for. */
  forget: () => Promise<void>
}

/** So many of a machine can be read again by who was away. */
export const MOST_EVENTS = 1_000
const REMEMBERED = "interval '1 hour'"
/** In one answer. */
export const MOST_READ = 500

/** Lets a machine tell the others of a database what happens, and hear what happens there. */
export function createCrossedEvents(
  { sql }: Pick<SharedDatabase, 'sql'>,
  me: { name: string; home: string },
): CrossedEvents {
  return {
    async newest() {
      const [row] = await sql<{ seq: number | null }>(
        'SELECT max(seq)::float8 AS seq FROM baton.event WHERE machine = $1 AND home = $2',
        [me.name, me.home],
      )
      return row?.seq ?? undefined
    },
    async publish(events) {
      // By the time as well: a machine whose events were all forgotten continues above them.
      await sql(
        `INSERT INTO baton.event (machine, place, home, seq, event)
         SELECT $1, told.i + (SELECT GREATEST(COALESCE(max(place), 0), (extract(epoch FROM now()) * 1000)::bigint)
           FROM baton.event WHERE machine = $1), $2, told.seq, told.event
         FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS told(seq, event, i)
         ON CONFLICT (machine, home, seq) DO NOTHING`,
        [me.name, me.home, events.map(({ seq }) => seq), events.map(({ json }) => json)],
      )
      await sql(
        `DELETE FROM baton.event WHERE machine = $1 AND place <=
         (SELECT place FROM baton.event WHERE machine = $1 ORDER BY place DESC OFFSET ${MOST_EVENTS} LIMIT 1)`,
        [me.name],
      )
    },
    async after(places) {
      const rows = await sql<{ machine: string; place: number; event: string }>(
        `SELECT e.machine, e.place::float8 AS place, e.event FROM baton.event e
         LEFT JOIN unnest($2::text[], $3::bigint[]) AS known(machine, place) ON known.machine = e.machine
         WHERE e.machine <> $1 AND e.place > COALESCE(known.place, 0) ORDER BY e.place LIMIT ${MOST_READ}`,
        [me.name, [...places.keys()], [...places.values()]],
      )
      return rows.map(({ machine, place, event }) => ({ machine, place, event: JSON.parse(event) }))
    },
    async forget() {
      await sql(`DELETE FROM baton.event WHERE at < now() - ${REMEMBERED}`)
    },
  }
}
