import { MachinesError } from '../machines.ts'
import { SHARED_MIGRATIONS } from './schema.ts'
import type { Sql } from './sql.ts'

/** The version of our tables that this Baton knows. */
export const TABLES = SHARED_MIGRATIONS.length
/** Of those of pg-boss, which a later pg-boss changes at its first start. */
export const JOB_TABLES = 46
/** The oldest Postgres that pg-boss works with. */
const OLDEST_POSTGRES = 13

/** Versions of the tables in a database; 0: there are none yet. */
export interface TableVersions {
  own: number
  jobs: number
}

/** What it selects of a database that has them all. */
export const TABLE_VERSIONS =
  '(SELECT max(version) FROM baton.version) AS own, (SELECT max(version) FROM baton_jobs.version) AS jobs'

/** Looks them up, whichever of them are there. */
export async function tableVersions(sql: Sql): Promise<TableVersions> {
  const [made] = await sql<{ own: boolean; jobs: boolean }>(
    "SELECT to_regclass('baton.version') IS NOT NULL AS own, to_regclass('baton_jobs.version') IS NOT NULL AS jobs",
  )
  const in_ = async (schema: string): Promise<number> =>
    (await sql<{ version: number | null }>(`SELECT max(version) AS version FROM ${schema}.version`))[0]?.version ?? 0
  return { own: made?.own ? await in_('baton') : 0, jobs: made?.jobs ? await in_('baton_jobs') : 0 }
}

/** Why this Baton is too old for a database that has these; undefined: it is not. */
export function newerText({ own, jobs }: TableVersions): string | undefined {
  if (own <= TABLES && jobs <= JOB_TABLES) return undefined
  return `The database was set up by a newer Baton (its tables are version ${own}.${jobs}, this Baton knows ${TABLES}.${JOB_TABLES}). Update Baton on this machine; until then it works alone.`
}

/** Which Postgres it is, and whether that is too old. */
export async function postgresVersion(sql: Sql): Promise<{ version: string; isTooOld: boolean }> {
  const [row] = await sql<{ version: string; number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  )
  const { version = '', number = 0 } = row ?? {}
  return { version, isTooOld: number < OLDEST_POSTGRES * 10_000 }
}

/** Throws MachinesError where this Baton can do nothing with a database, before it has changed anything there; gives what is there. */
export async function refuseUnfit(sql: Sql): Promise<TableVersions> {
  const { version, isTooOld } = await postgresVersion(sql)
  if (isTooOld)
    throw new MachinesError(
      `The shared database is Postgres ${version}, which is too old: it has to be ${OLDEST_POSTGRES} or later. This machine works alone.`,
    )
  const found = await tableVersions(sql)
  const newer = newerText(found)
  if (newer !== undefined) throw new MachinesError(newer)
  return found
}
