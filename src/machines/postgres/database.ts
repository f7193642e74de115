import { PgBoss } from 'pg-boss'
import { MachinesError } from '../machines.ts'
import { SHARED_MIGRATIONS } from './schema.ts'
import type { Sql, SqlRow } from './sql.ts'
import { newerText, postgresVersion, refuseUnfit, TABLES, type TableVersions, tableVersions } from './versions.ts'

/** The queue of pg-boss that runs are handed out by. */
export const RUNS = 'runs'

/** Our tables, and those of pg-boss, each in a schema of their own. */
const OWN = 'baton'
export const JOBS = 'baton_jobs'
/** Any number: whoever hands out, takes or gives back runs holds it for a moment. */
const LOCK = 7_203_111
/** Between two statements: who is frozen or cut off in the midst of a transaction keeps all others waiting for so long. */
const PAUSE_MS = 5_000

/** A server that does not even answer the call is away. */
const CONNECT_MS = 3_000
/** For one question. Leases go by a clock of their own, which waits for none; making the tables takes seconds on a busy server. */
const ANSWER_MS = 10_000
const DAY_S = 86_400

/** One transaction, in which pg-boss takes part with `db`. */
export interface Transaction {
  sql: Sql
  db: { executeSql: (text: string, values?: unknown[]) => Promise<{ rows: SqlRow[] }> }
}

/** A Postgres that machines share. */
export interface SharedDatabase {
  boss: PgBoss
  sql: Sql
  /** `alone`: nobody else is in one of these meanwhile. */
  transaction: <T>(work: (tx: Transaction) => Promise<T>, alone?: boolean) => Promise<T>
  /** What is wrong where a statement fails because a newer Baton has changed the tables; undefined: something else is. */
  newerBaton: (error: unknown) => Promise<string | undefined>
  /** Hears what others say, and whether something may have been missed. */
  listen: (onWord: (word: string) => void) => Promise<() => Promise<void>>
  close: () => Promise<void>
}

/** Connects, and makes the tables where there are none. Throws MachinesError where a newer Baton has been there. */
export async function openSharedDatabase(
  url: string,
  name: string,
  onError: (error: unknown) => void,
): Promise<SharedDatabase> {
  const boss = new PgBoss({
    ...connection(url, name),
    schema: JOBS,
    max: 4,
    // Whoever sees that a lease is over asks for it (`runs.ts`): a machine that waits costs hardly anything.
    ...{ supervise: false, schedule: false, registerInstance: false, monitorIntervalSeconds: 1 },
    ...{ bamIntervalSeconds: DAY_S, flowIntervalSeconds: DAY_S, queueCacheIntervalSeconds: DAY_S },
    openTelemetry: { enabled: false },
  })
  boss.on('error', onError)
  const db = poolOf(boss)
  const sqlOn =
    (on: Transaction['db']): Sql =>
    async <T extends SqlRow>(text: string, values: readonly unknown[] = []) =>
      (await on.executeSql(text, [...values])).rows as T[]
  const transaction: SharedDatabase['transaction'] = async (work, alone = false) => {
    const tx = await db.beginTransaction?.()
    if (!tx) throw new Error('The connection has no transactions.')
    try {
      const patience = `SELECT set_config('idle_in_transaction_session_timeout', '${PAUSE_MS}', true)`
      await tx.db.executeSql(alone ? `${patience}, pg_advisory_xact_lock(${LOCK})` : patience)
      const result = await work({ sql: sqlOn(tx.db), db: tx.db })
      await tx.commit()
      return result
    } catch (error) {
      await tx.rollback()
      throw error
    }
  }
  const close = () => boss.stop({ graceful: false, close: true })
  try {
    // pg-boss changes its tables as soon as it starts.
    await db.open()
    const { own } = await refuseUnfit(sqlOn(db))
    await boss.start()
    // A program that starts on a busy machine keeps all others waiting in it: only where there is something to do.
    if (own < TABLES) await transaction(migrate, true)
    await boss.createQueue(RUNS, {
      policy: 'key_strict_fifo',
      heartbeatSeconds: 15,
      // The most there is; who renews a lease moves the beginning.
      expireInSeconds: DAY_S,
      // It is offered until somebody has finished it.
      retryLimit: 1_000_000,
      retentionSeconds: 365 * DAY_S,
      deleteAfterSeconds: 7 * DAY_S,
    })
  } catch (error) {
    await close().catch(() => undefined)
    await db.close().catch(() => undefined)
    throw error
  }
  return {
    boss,
    sql: sqlOn(db),
    transaction,
    newerBaton: async (error) => {
      // A table or a column that is not there, say; not that nobody answers.
      if (!String((error as { code?: unknown }).code).startsWith('42')) return undefined
      return newerText(await tableVersions(sqlOn(db)))
    },
    listen: async (onWord) => {
      const handle = await db.listen?.('baton', onWord, () => onWord('again'))
      return async () => handle?.close()
    },
    close,
  }
}

/** What a look at a database finds, without changing anything there. */
export interface Probe {
  version: string
  isTooOld: boolean
  /** May make the tables; or they are there. */
  isReady: boolean
  tables: TableVersions
  /** How far its clock is ahead of this machine's. */
  aheadMs: number
}

/** Connects and changes nothing there; throws when it cannot be reached. */
export async function openToLook(url: string, name: string): Promise<Pick<SharedDatabase, 'sql' | 'close'>> {
  const boss = new PgBoss({ ...connection(url, name), schema: JOBS, max: 1, migrate: false, supervise: false })
  boss.on('error', () => undefined)
  const db = poolOf(boss)
  await db.open()
  return {
    sql: async <T extends SqlRow>(text: string, values: readonly unknown[] = []) =>
      (await db.executeSql(text, [...values])).rows as T[],
    close: () => db.close(),
  }
}

/** Looks at the database; throws when it cannot be reached. */
export async function probeDatabase(url: string): Promise<Probe> {
  const { sql, close } = await openToLook(url, 'doctor')
  try {
    const server = await postgresVersion(sql)
    const askedAt = Date.now()
    const [row] = await sql<{ now: number; may_create: boolean }>(
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
        has_database_privilege(current_database(), 'CREATE') AS may_create`,
    )
    const answeredAt = Date.now()
    const tables = await tableVersions(sql)
    return {
      ...server,
      isReady: row?.may_create === true || tables.own > 0,
      tables,
      aheadMs: Math.round(Number(row?.now) - (askedAt + answeredAt) / 2),
    }
  } finally {
    await close()
  }
}

/** The connections of a pg-boss, which opens them itself only to make its tables at once. */
const poolOf = (boss: PgBoss) =>
  boss.getDb() as ReturnType<PgBoss['getDb']> & Record<'open' | 'close', () => Promise<void>>

/** How to connect: a silent network counts as one that is away. */
function connection(url: string, name: string) {
  return {
    connectionString: url,
    application_name: `baton ${name}`,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
  }
}

async function migrate({ sql }: Transaction): Promise<void> {
  await sql(`CREATE SCHEMA IF NOT EXISTS ${OWN}`)
  await sql(`CREATE TABLE IF NOT EXISTS ${OWN}.version (version int NOT NULL)`)
  const [row] = await sql<{ version: number }>(`SELECT version FROM ${OWN}.version`)
  const version = row?.version ?? 0
  // Another one may have been faster.
  const newer = newerText({ own: version, jobs: 0 })
  if (newer !== undefined) throw new MachinesError(newer)
  if (version === TABLES) return
  for (const migration of SHARED_MIGRATIONS.slice(version)) await sql(migration)
  await sql(`DELETE FROM ${OWN}.version`)
  await sql(`INSERT INTO ${OWN}.version VALUES ($1)`, [TABLES])
}
