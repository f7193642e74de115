import { randomUUID } from 'node:crypto'
import { isMachineFor } from '../../core/machine-target.ts'
import { sha256 } from '../../text/sha256.ts'
import {
  type Held,
  LEASE_MS,
  type LeaseName,
  type Machines,
  type NewOffer,
  type OfferState,
  type RunResult,
  type TakenRun,
} from '../machines.ts'
import { JOBS, RUNS, type SharedDatabase, type Transaction } from './database.ts'
import type { Sql } from './sql.ts'
import { MACHINE_GONE, type StrandedRuns, strandedRuns } from './stranded-runs.ts'

/** Who takes runs. */
export interface Taker {
  name: string
  labels: readonly string[]
  /** Of this process: a copy of the machine has another one. */
  instance: string
}

/** Runs that are handed out by a database. */
export interface PostgresMachines extends Machines {
  /** Gives a run back while a person is asked; it comes back to this machine by `unpark`. False: it is another's. */
  park: (lease: LeaseName) => Promise<boolean>
  unpark: (lease: LeaseName) => Promise<boolean>
  /** Makes leases that are over known to all who may take. */
  expire: () => Promise<void>
  find: (id: string) => Promise<OfferState | undefined>
  /** What is open, oldest first. */
  open: () => Promise<OfferState[]>
  /** What this machine offered, and what came of it, as long as it is not noted here. */
  unnoted: () => Promise<OfferState[]>
  noted: (id: string) => Promise<void>
  stranded: StrandedRuns
}

/** Hands out runs through a Postgres that several machines share. */
export function postgresMachines(database: SharedDatabase, taker: Taker): PostgresMachines {
  const { boss, sql, transaction } = database
  /** A process whose name another one has by now has no lease of that name. */
  const MEMBER = 'EXISTS (SELECT 1 FROM baton.machine m WHERE m.name = $3 AND m.instance = $4)'
  const MINE = 'id = $1 AND fence = $2 AND machine = $3'
  const mine = ({ id, fence }: LeaseName) => [id, fence, taker.name, taker.instance]

  const send = async ({ sql, db }: Transaction, run: { id: string; project: string; target: string }) => {
    const job = randomUUID()
    await boss.send(RUNS, { run: run.id }, { id: job, singletonKey: run.project, group: { id: groupOf(run) }, db })
    await sql('UPDATE baton.run SET job = $2 WHERE id = $1', [run.id, job])
    // It keeps its place among those of its project, however often it is given back.
    await sql(`UPDATE ${JOBS}.job SET created_on = at FROM baton.run WHERE run.id = $1 AND job.id = $2`, [run.id, job])
    await sql("SELECT pg_notify('baton', 'run')")
  }

  /** Ends what is held of a run; its job is done with, also when its lease has lapsed. */
  const settle = (lease: LeaseName, set: string, ...values: unknown[]) =>
    transaction(async ({ sql, db }) => {
      const [row] = await sql<{ job: string }>(
        `UPDATE baton.run SET ${set} WHERE ${MINE} AND ${MEMBER} AND ended IS NULL RETURNING job`,
        [...mine(lease), ...values],
      )
      if (!row) return false
      await boss.complete(RUNS, row.job, null, { db, includeQueued: true })
      await sql("SELECT pg_notify('baton', 'run')")
      return true
    }, true)

  return {
    offer: (offer) =>
      transaction(async (tx) => {
        const { files, base, options, project, target } = offer
        // Not the commit: the same files after a further commit are the same wish, and would be worked on twice.
        const digest = sha256(JSON.stringify({ files, options }))
        const [known] = await tx.sql<{ id: string; job: string; free: boolean; begun: boolean }>(
          `SELECT r.id, r.job, r.fence > 0 AS begun, r.state <> 'active' AND CASE WHEN r.machine IS NULL THEN r.target <> $3
             ELSE r.machine <> $3 AND NOT EXISTS (
               SELECT 1 FROM baton.machine m WHERE m.name = r.machine AND NOT m.has_left AND m.seen > now() - ${MACHINE_GONE}) END AS free
           FROM baton.run r WHERE project = $1 AND digest = $2 AND ended IS NULL FOR UPDATE`,
          [project, digest, target],
        )
        // Nobody has begun, so that it starts from what the person has in front of them now.
        if (known && !known.begun && base !== undefined)
          await tx.sql('UPDATE baton.run SET offer = offer || $2::jsonb WHERE id = $1', [
            known.id,
            JSON.stringify({ base }),
          ])
        if (known?.free) {
          // A person says who is to do it instead: nobody has begun, or who had is gone.
          await boss.complete(RUNS, known.job, null, { db: tx.db, includeQueued: true })
          await tx.sql("UPDATE baton.run SET state = 'queued', target = $2, machine = NULL WHERE id = $1", [
            known.id,
            target,
          ])
          await send(tx, { id: known.id, project, target })
          return { id: known.id, already: false }
        }
        if (known) return { id: known.id, already: true }
        const id = randomUUID()
        await tx.sql(
          'INSERT INTO baton.run (id, project, target, digest, offer, offered_by, job) VALUES ($1, $2, $3, $4, $5, $6, $7)',
          [id, project, target, digest, JSON.stringify(offer), offer.from, id],
        )
        await send(tx, { id, project, target })
        return { id, already: false }
      }, true),

    async take({ free, returning, mayStart }) {
      // Before everybody else has to wait: whether the work can begin here may take a while to find out.
      const startable = new Set<string>()
      for (const first of await firstOf(sql, free)) if (await mayStart(first.offer)) startable.add(startOf(first))
      return transaction(async ({ sql, db }): Promise<TakenRun | undefined> => {
        const [isMember] = await sql('SELECT 1 FROM baton.machine WHERE name = $1 AND instance = $2', [
          taker.name,
          taker.instance,
        ])
        if (!isMember) return undefined
        const groups = await sql<{ project: string; target: string }>(
          "SELECT DISTINCT project, target FROM baton.run WHERE ended IS NULL AND state IN ('queued', 'active')",
        )
        const mayHave = new Set(returning)
        for (const first of await firstOf(sql, free))
          if (startable.has(startOf(first))) mayHave.add(first.offer.project)
        const isFor = ({ project, target }: { project: string; target: string }) =>
          mayHave.has(project) && isMachineFor(target, taker)
        if (!groups.some(isFor)) return undefined
        const ignoreGroups = groups.filter((group) => !isFor(group)).map(groupOf)
        const [job] = await boss.fetch<{ run: string }>(RUNS, { includeMetadata: true, ignoreGroups, db })
        if (!job) return undefined
        const [run] = await sql<{ id: string; fence: number; offer: NewOffer }>(
          `UPDATE baton.run SET state = 'active', fence = fence + 1, machine = $2, attempt = $3, renewed = now()
           WHERE id = $1 AND job = $4 AND state IN ('queued', 'active') RETURNING id, fence, offer`,
          [job.data.run, taker.name, job.retryCount, job.id],
        )
        if (run) return { ...run.offer, id: run.id, fence: run.fence }
        // Nobody knows a run of this job any more.
        await boss.complete(RUNS, job.id, null, { db })
        return undefined
      }, true)
    },

    renew: (lease) =>
      transaction(async ({ sql, db }): Promise<Held> => {
        const [row] = await sql<{ job: string; attempt: number; state: string; member: boolean }>(
          `SELECT job, attempt, state, ${MEMBER} AS member FROM baton.run WHERE ${MINE} AND ended IS NULL FOR UPDATE`,
          mine(lease),
        )
        if (!row) return 'lost'
        if (row.state !== 'active' || !row.member) return 'lapsed'
        const attempt = { id: row.job, retryCount: row.attempt }
        const { affected } = (await boss.touch(RUNS, attempt, { db })) as { affected?: number }
        if (affected !== 1) return 'lapsed'
        await sql('UPDATE baton.run SET renewed = now() WHERE id = $1', [lease.id])
        return 'held'
      }),

    finish: (lease, result) =>
      settle(lease, 'state = $5, result = $6, ended = now()', result.state, JSON.stringify(result)),
    park: (lease) => settle(lease, "state = 'parked'"),

    unpark: (lease) =>
      transaction(async (tx) => {
        const [row] = await tx.sql<{ id: string; project: string }>(
          `UPDATE baton.run SET state = 'queued', target = machine
           WHERE id = $1 AND fence = $2 AND machine = $3 AND state = 'parked' RETURNING id, project`,
          [lease.id, lease.fence, taker.name],
        )
        if (row) await send(tx, { ...row, target: taker.name })
        return row !== undefined
      }, true),

    expire: () => boss.supervise(RUNS),
    find: async (id) => (await sql<RunRow>(`${STATES} WHERE r.id = $1`, [id])).map(stateOf)[0],
    open: async () => (await sql<RunRow>(`${STATES} WHERE r.ended IS NULL ORDER BY r.at`)).map(stateOf),
    unnoted: async () =>
      (
        await sql<RunRow>(
          `${STATES} WHERE r.offered_by = $1 AND r.ended IS NOT NULL AND NOT r.noted ORDER BY r.ended`,
          [taker.name],
        )
      ).map(stateOf),
    noted: async (id) => void (await sql('UPDATE baton.run SET noted = true WHERE id = $1', [id])),
    stranded: strandedRuns(database, taker, send),
    stop: async () => {},
  }
}

interface First extends Record<string, unknown> {
  id: string
  offer: NewOffer
}

/** The run of each project that is next, or worked on. */
const firstOf = (sql: Sql, projects: readonly string[]): Promise<First[]> =>
  sql<First>(
    `SELECT first.* FROM unnest($1::text[]) AS wanted(project) CROSS JOIN LATERAL (
       SELECT id, offer FROM baton.run WHERE project = wanted.project AND ended IS NULL AND state IN ('queued', 'active')
       ORDER BY at LIMIT 1) first`,
    [projects],
  )

/** A run, and where it starts from, which may be moved as long as nobody has begun. */
const startOf = ({ id, offer }: First) => `${id} ${offer.base ?? ''}`

/** Whom a job is for, in the terms of pg-boss. */
const groupOf = ({ project, target }: { project: string; target: string }) => `${project}/${target}`

const STATES = `SELECT r.id, r.project, r.target, r.state, r.offer, r.offered_by, r.machine, r.fence, r.result,
  (extract(epoch FROM r.at) * 1000)::float8 AS at FROM baton.run r`

interface RunRow extends Record<string, unknown> {
  id: string
  project: string
  target: string
  state: OfferState['state']
  offer: NewOffer
  offered_by: string
  machine: string | null
  fence: number
  result: RunResult | null
  at: number
}

function stateOf({ id, project, target, state, offer, offered_by, machine, fence, result, at }: RunRow): OfferState {
  return {
    ...{ id, project, target, state, fence, from: offered_by, at: Math.round(at) },
    files: offer.files.map(({ name }) => name),
    ...(machine !== null && { machine }),
    ...(result && { result }),
  }
}

/** When a lease is over that was renewed now, for whoever counts in milliseconds. */
export const LEASE_INTERVAL = `interval '${LEASE_MS} milliseconds'`
