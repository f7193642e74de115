import { LEASE_MS } from '../machines.ts'
import type { SharedDatabase } from './database.ts'
import { LEASE_INTERVAL } from './runs.ts'
import { newerText, TABLE_VERSIONS, type TableVersions } from './versions.ts'

/** A machine as it says who it is. */
export interface Member {
  name: string
  labels: readonly string[]
  projects: readonly string[]
  /** Of its state folder: a copy of that has the same one. */
  home: string
  instance: string
  host: string
  pid: number
  version: string
}

/** A machine as others see it. */
export interface SeenMember extends Omit<Member, 'home' | 'instance'> {
  since: number
  /** `gone`: nothing was heard of it for as long as a lease is good; `stopped`: it said that it leaves. */
  state: 'here' | 'gone' | 'stopped'
  seenAgoMs: number
  /** Offered runs that it works on. */
  runs: number
}

/** What there is for a machine to do. */
export interface Pulse {
  /** Another process has this machine's name by now. */
  isMember: boolean
  /** Something waits to be taken, by whomever. */
  waiting: boolean
  /** What this machine offered has ended elsewhere, and is not noted here. */
  unnoted: boolean
  /** The lease of a run is over, and nobody has taken it yet. */
  lapsed: boolean
  /** Why this Baton takes nothing more: a newer one has changed the tables. */
  tooOld?: string
  /** When the next lease is over, unless it is renewed; less than 0: one is since a moment ago. */
  nextExpiryMs?: number
}

/** The machines that share a database. */
export interface Members {
  /** Takes the name; or says who has it. */
  join: (member: Member) => Promise<{ joined: true } | { by: SeenMember & { isCopy: boolean } }>
  /** Says that the machine is there, and what there is to do. */
  pulse: (member: Pick<Member, 'name' | 'instance'>) => Promise<Pulse>
  leave: (member: Pick<Member, 'name' | 'instance'>) => Promise<void>
  list: () => Promise<SeenMember[]>
}

/** Keeps the list of machines in a database that they share. */
export function createMembers({ sql }: Pick<SharedDatabase, 'sql'>): Members {
  return {
    async join({ name, labels, projects, home, instance, host, pid, version }) {
      const [row] = await sql(
        `INSERT INTO baton.machine (name, home, instance, labels, projects, host, pid, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (name) DO UPDATE SET home = $2, instance = $3, labels = $4, projects = $5, host = $6, pid = $7, version = $8,
           since = now(), seen = now(), has_left = false
         WHERE machine.instance = $3 OR machine.has_left OR machine.seen < now() - ${LEASE_INTERVAL}
         RETURNING 1`,
        [name, home, instance, labels, projects, host, pid, version],
      )
      if (row) return { joined: true }
      const [by] = await sql<MemberRow>(`${MEMBERS} WHERE m.name = $1`, [name])
      // It may have left in between.
      if (!by) return this.join({ name, labels, projects, home, instance, host, pid, version })
      return { by: { ...seenOf(by), isCopy: by.home === home } }
    },
    async pulse({ name, instance }) {
      const [row] = await sql<PulseRow>(
        `WITH me AS (UPDATE baton.machine SET seen = now() WHERE name = $1 AND instance = $2 RETURNING 1)
         SELECT (SELECT count(*)::int FROM me) AS members, ${TABLE_VERSIONS},
           EXISTS (SELECT 1 FROM baton.run WHERE ended IS NULL AND state = 'queued') AS waiting,
           EXISTS (SELECT 1 FROM baton.run WHERE offered_by = $1 AND ended IS NOT NULL AND NOT noted) AS unnoted,
           EXISTS (SELECT 1 FROM baton.run WHERE ended IS NULL AND state = 'active' AND renewed < now() - ${LEASE_INTERVAL}) AS lapsed,
           (SELECT (extract(epoch FROM min(renewed) + ${LEASE_INTERVAL} - now()) * 1000)::float8 FROM baton.run
            WHERE ended IS NULL AND state = 'active' AND renewed > now() - ${LEASE_INTERVAL} - ${MOMENT}) AS expiry`,
        [name, instance],
      )
      const tooOld = row && newerText(row)
      return {
        ...(tooOld !== undefined && { tooOld }),
        isMember: row?.members === 1,
        waiting: row?.waiting === true,
        unnoted: row?.unnoted === true,
        lapsed: row?.lapsed === true,
        ...(typeof row?.expiry === 'number' && { nextExpiryMs: row.expiry }),
      }
    },
    async leave({ name, instance }) {
      await sql('UPDATE baton.machine SET has_left = true WHERE name = $1 AND instance = $2', [name, instance])
    },
    list: async () => (await sql<MemberRow>(`${MEMBERS} ORDER BY m.name`)).map(seenOf),
  }
}

/** Whoever may take a run that is over has taken it by then; one that nobody may take must not hide when the next one is over. */
const MOMENT = "interval '5 seconds'"

const MEMBERS = `SELECT m.*, (extract(epoch FROM now() - m.seen) * 1000)::float8 AS ago,
  (extract(epoch FROM m.since) * 1000)::float8 AS since_ms,
  (SELECT count(*)::int FROM baton.run r WHERE r.machine = m.name AND r.ended IS NULL AND r.state = 'active') AS runs
  FROM baton.machine m`

interface PulseRow extends Record<string, unknown>, TableVersions {
  members: number
  waiting: boolean
  unnoted: boolean
  lapsed: boolean
  expiry: number | null
}

interface MemberRow extends Record<string, unknown> {
  name: string
  home: string
  labels: string[]
  projects: string[]
  host: string
  pid: number
  version: string
  has_left: boolean
  ago: number
  since_ms: number
  runs: number
}

function seenOf({ name, labels, projects, host, pid, version, has_left, ago, since_ms, runs }: MemberRow): SeenMember {
  const seenAgoMs = Math.max(0, Math.round(ago))
  const state = has_left ? 'stopped' : seenAgoMs > LEASE_MS ? 'gone' : 'here'
  return { name, labels, projects, host, pid, version, since: Math.round(since_ms), state, seenAgoMs, runs }
}
