import { PgBoss } from 'pg-boss'
import { MachinesError } from '../machines.ts'
import { SHARED_MIGRATIONS } from './schema.ts'

/** The queue of pg-boss that runs are handed out by. */
export const RUNS = 'runs'

/** Our tables, and those of pg-boss, each in a schema of their own. */
const OWN = 'baton'
export const JOBS = 'baton_jobs'
/** Any number: whoever hands out, takes or gives back runs holds it for a moment. */
const LOCK = 7_203_111
/** Between two statements: who is frozen or cut off in the midst of a transaction keeps all others waiting for so long. */
const PAUSE_MS = 5_000
/** The oldest Postgres that pg-boss works with. */
const OLDEST_POSTGRES = 13

/** A server that does not even answer the call is away. */
const CONNECT_MS = 3_000
/** For one question. Leases go by a clock of their own, which waits for none; making the tables takes seconds on a busy server. */
const ANSWER_MS = 10_000
const DAY_S = 86_400

type Row = Record<string, unknown>
export type Sql = <T extends Row = Row>(text: string, values?: readonly unknown[]) => Promise<T[]>

/** The version of our tables that this Baton knows. */
export const TABLES = SHARED_MIGRATIONS.length

/** One transaction, in which pg-boss takes part with `db`. */
export interface Transaction {
  sql: Sql
  db: { executeSql: (text: string, values?: unknown[]) => Promise<{ rows: Row[] }> }
}

/** A Postgres that machines share. */
export interface SharedDatabase {
  boss: PgBoss
  sql: Sql
  /** `alone`: nobody else is in one of these meanwhile. */
  transaction: <T>(work: (tx: Transaction) => Promise<T>, alone?: boolean) => Promise<T>
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
  const db = boss.getDb()
  const sqlOn =
    (on: Transaction['db']): Sql =>
    async <T extends Row>(text: string, values: readonly unknown[] = []) =>
      (await on.executeSql(text, [...values])).rows as T[]
  const transaction: SharedDatabase['transaction'] = async (work, alone = false) => {
    const tx = await db.beginTransaction?.()
    if (!tx) throw new Error('The connection has no transactions.')
    try {
      await tx.db.executeSql(`SELECT set_config('idle_in_transaction_session_timeout', '${PAUSE_MS}', true)`)
      if (alone) await tx.db.executeSql('SELECT pg_advisory_xact_lock($1)', [LOCK])
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
    await boss.start()
    await transaction(migrate, true)
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
    throw error
  }
  return {
    boss,
    sql: sqlOn(db),
    transaction,
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
  /** Version of our tables; 0: there are none yet. */
  tables: number
  /** How far its clock is ahead of this machine's. */
  aheadMs: number
}

/** Looks at the database; throws when it cannot be reached. */
export async function probeDatabase(url: string): Promise<Probe> {
  const boss = new PgBoss({ ...connection(url, 'doctor'), schema: JOBS, max: 1, migrate: false, supervise: false })
  boss.on('error', () => undefined)
  // A pool of its own, which start() would open, and then make tables.
  const db = boss.getDb() as ReturnType<PgBoss['getDb']> & Record<'open' | 'close', () => Promise<void>>
  await db.open()
  try {
    const askedAt = Date.now()
    const [row] = (
      await db.executeSql(`SELECT current_setting('server_version') AS version,
        current_setting('server_version_num')::int AS number, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
        has_database_privilege(current_database(), 'CREATE') AS may_create, to_regclass('${OWN}.version') IS NOT NULL AS made`)
    ).rows
    const answeredAt = Date.now()
    const [found] = row.made ? (await db.executeSql(`SELECT version FROM ${OWN}.version`)).rows : []
    return {
      version: String(row.version),
      isTooOld: Number(row.number) < OLDEST_POSTGRES * 10_000,
      isReady: row.may_create === true || found !== undefined,
      tables: Number(found?.version ?? 0),
      aheadMs: Math.round(Number(row.now) - (askedAt + answeredAt) / 2),
    }
  } finally {
    await db.close()
  }
}

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
  if (version > TABLES)
    throw new MachinesError(
      `The database was set up by a newer Baton (its tables are version ${version}, this Baton knows ${TABLES}). Update Baton on this machine; until then it works alone.`,
    )
  if (version === TABLES) return
  for (const migration of SHARED_MIGRATIONS.slice(version)) await sql(migration)
  await sql(`DELETE FROM ${OWN}.version`)
  await sql(`INSERT INTO ${OWN}.version VALUES ($1)`, [TABLES])
}
