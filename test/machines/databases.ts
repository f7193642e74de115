import { afterAll, beforeAll } from 'vitest'
import type { NewOffer, RunResult, WantedRuns } from '../../src/machines/machines.ts'
import { openSharedDatabase, type SharedDatabase } from '../../src/machines/postgres/database.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { postgresMachines } from '../../src/machines/postgres/runs.ts'
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
  const connect = async (url: string, name: string): Promise<SharedDatabase> => {
    const database = await openSharedDatabase(url, name, () => undefined)
    open.push(database)
    return database
  }
  const started = () => {
    if (!postgres) throw new Error('it is started before the first test')
    return postgres
  }
  return {
    createDatabase: () => started().createDatabase(),
    query: (url: string, text: string) => started().query(url, text),
    connect,
    /** One that has joined the others, without a daemon. */
    async machine(url: string, name: string, labels: string[] = [], instance = `${name}-1`) {
      const database = await connect(url, name)
      const members = createMembers(database)
      const me = {
        ...{ name, labels, projects: ['web', 'api'], home: `home of ${name}`, instance },
        ...{ host: 'host', pid: 1, version: '1' },
      }
      const answer = await members.join(me)
      return { ...postgresMachines(database, { name, labels, instance }), members, me, database, answer }
    },
    /** As if nobody had said anything for so long. */
    pass(url: string, seconds: number) {
      const ago = `interval '${seconds} s'`
      started().query(
        url,
        `UPDATE baton_jobs.job SET heartbeat_on = heartbeat_on - ${ago};
         UPDATE baton.run SET renewed = renewed - ${ago}; UPDATE baton.machine SET seen = seen - ${ago}`,
      )
    },
  }
}

/** A run as it is offered. */
export const offered = (text: string, more: Partial<NewOffer> = {}): NewOffer => ({
  ...{ project: 'web', target: 'any', files: [{ name: 'a.md', text }], options: {}, from: 'one' },
  by: { surface: 'terminal', id: 'anna', name: 'anna' },
  ...more,
})

/** A machine that has nothing to do in these projects. */
export const wanted = (...free: string[]): WantedRuns => ({ free, returning: [], mayStart: async () => true })

/** How a run of one task ends. */
export const DONE: RunResult = { state: 'done', text: '1 of 1 tasks done', costUsd: 0, done: [] }
