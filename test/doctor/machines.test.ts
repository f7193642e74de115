import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkMachines } from '../../src/doctor/machines.ts'
import { openSharedDatabase } from '../../src/machines/postgres/database.ts'
import { postgresOfTests } from '../machines/databases.ts'
import { noPostgres } from '../support/postgres.ts'

const look = (url: string) => checkMachines({ machine: { name: 'studio', labels: [] } }, url)

describe.skipIf(noPostgres !== undefined)('the check of the database that machines share', () => {
  const postgres = postgresOfTests()
  afterEach(() => vi.useRealTimers())
  /** Sets our clock to that of the database, and so many seconds on: the one of the machine may be anywhere. */
  const setClock = (url: string, aheadS = 0) => {
    const now = Number(postgres.query(url, 'SELECT extract(epoch FROM clock_timestamp()) * 1000'))
    vi.useFakeTimers({ toFake: ['Date'], now: now + aheadS * 1_000 })
  }

  it('says which Postgres it is, and that tables are made at the first start', async () => {
    const url = postgres.createDatabase()
    setClock(url)
    expect(await look(url)).toMatchObject([
      {
        status: 'ok',
        detail: expect.stringMatching(/^studio in Postgres \d.* \(tables are made at the first start\)$/),
      },
    ])
    await (await openSharedDatabase(url, 'one', () => undefined)).close()
    expect(await look(url)).toMatchObject([
      { status: 'ok', detail: expect.stringMatching(/^studio in Postgres [^;]*$/) },
    ])
    // Of one that is gone nobody knows what it will listen to.
    for (const [name, ago] of [
      ['schedule:main', 5],
      ['github:acme/app', 5],
      ['jira:acme', 16],
    ])
      postgres.query(
        url,
        `INSERT INTO baton.source (id, name, machine, home, renewed) VALUES ('${name}', '${name}', 'desk', 'h', now() - interval '${ago} s')`,
      )
    expect(await look(url)).toMatchObject([
      { status: 'ok', detail: expect.stringMatching(/; desk listens to github:acme\/app, schedule:main$/) },
    ])
  })

  it('names a difference of the clocks, in both directions', async () => {
    const url = postgres.createDatabase()
    setClock(url, -90)
    expect(await look(url)).toMatchObject([
      { status: 'warn', detail: expect.stringMatching(/ahead of this machine's$/) },
    ])
    setClock(url, 90)
    expect(await look(url)).toMatchObject([{ status: 'warn', detail: expect.stringMatching(/behind this machine's$/) }])
  })

  it('says so where the Postgres is too old', async () => {
    const url = postgres.createDatabase()
    // It answers as one of 2019 would.
    postgres.query(
      url,
      `CREATE SCHEMA old; CREATE FUNCTION old.current_setting(text) RETURNS text LANGUAGE sql
         AS 'SELECT CASE $1 WHEN ''server_version_num'' THEN ''120022'' ELSE ''12.22'' END';
       ALTER ROLE baton IN DATABASE ${/baton\d+/.exec(url)} SET search_path = old, pg_catalog`,
    )
    expect(await look(url)).toMatchObject([
      { status: 'fail', detail: 'studio in Postgres 12.22, which is too old', todo: 'Use Postgres 13 or later.' },
    ])
    await expect(openSharedDatabase(url, 'one', () => undefined)).rejects.toThrow(
      'The shared database is Postgres 12.22, which is too old: it has to be 13 or later. This machine works alone.',
    )
    expect(postgres.query(url, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'baton%'")).toBe('0')
  })

  it('says what to do where it cannot be used', async () => {
    const url = postgres.createDatabase()
    const gone = url.replace(/\/baton\d+\?/, '/nothing?')
    expect(await look(gone)).toMatchObject([
      { status: 'fail', detail: expect.stringMatching(/^not reached: .*nothing/) },
    ])
    postgres.query(url, 'CREATE ROLE guest LOGIN')
    const guest = url.replace('//baton@', '//guest@')
    expect(await look(guest)).toMatchObject([{ status: 'fail', detail: expect.stringContaining('may not create') }])
    await (await openSharedDatabase(url, 'one', () => undefined)).close()
    postgres.query(url, 'UPDATE baton.version SET version = 99')
    expect(await look(url)).toMatchObject([{ status: 'fail', detail: expect.stringContaining('a newer Baton') }])
  })
})
