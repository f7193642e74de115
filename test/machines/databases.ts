import { afterAll, beforeAll } from 'vitest'
import { openSharedDatabase, type SharedDatabase } from '../../src/machines/postgres/database.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'

/** A Postgres for the tests of a `describe`, and connections to it that are closed with it. */
export function postgresOfTests() {
  let postgres: TestPostgres | undefined
  const open: SharedDatabase[] = []
  beforeAll(() => {
    postgres = startPostgres()
  }, 60_000)
  afterAll(async () => {
    for (const database of open) await database.close().catch(() => undefined)
    postgres?.remove()
  })
  const started = () => {
    if (!postgres) throw new Error('it is started before the first test')
    return postgres
  }
  return {
    createDatabase: () => started().createDatabase(),
    query: (url: string, text: string) => started().query(url, text),
    async connect(url: string, name: string): Promise<SharedDatabase> {
      const database = await openSharedDatabase(url, name, () => undefined)
      open.push(database)
      return database
    },
  }
}
