import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSharedDatabase } from '../../src/machines/postgres/database.ts'
import { JOB_TABLES, TABLES } from '../../src/machines/postgres/versions.ts'
import { ANNA } from '../support/home.ts'
import { noPostgres } from '../support/postgres.ts'
import { offered, postgresOfTests } from './databases.ts'
import { homeOfOne, memberOfTest } from './member-of-test.ts'

const SOON = { timeout: 30_000, interval: 50 }

it('a pg-boss with other tables is noticed by older machines', () => {
  const about = readFileSync(join(import.meta.dirname, '../../node_modules/pg-boss/package.json'), 'utf8')
  expect(JSON.parse(about).pgboss.schema).toBe(JOB_TABLES)
})

describe.skipIf(noPostgres !== undefined)('an older Baton beside a newer one', () => {
  const postgres = postgresOfTests()
  const newer = (url: string) => postgres.query(url, `UPDATE baton.version SET version = ${TABLES + 1}`)

  it('leaves its tables alone, those of pg-boss, too', async () => {
    const url = postgres.createDatabase()
    const tables = () => postgres.query(url, "SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'baton%'")
    const refused = () =>
      expect(openSharedDatabase(url, 'three', () => undefined)).rejects.toThrow(/newer Baton.*works alone/)
    await postgres.connect(url, 'one')
    postgres.query(url, `UPDATE baton_jobs.version SET version = ${JOB_TABLES + 1}`)
    await refused()
    // It would make these at its start.
    postgres.query(url, 'DROP SCHEMA baton_jobs CASCADE')
    newer(url)
    const before = tables()
    await refused()
    expect([tables(), postgres.query(url, 'SELECT version FROM baton.version')]).toEqual([before, String(TABLES + 1)])
  })

  it('brings to its end what it has, takes nothing more, and says why', async () => {
    const url = postgres.createDatabase()
    const two = await postgres.machine(url, 'two')
    const member = await memberOfTest(url, homeOfOne())
    const { app, said, errors } = member
    const offer = (text: string) => two.offer(offered(text, { project: 'main', target: 'one', by: ANNA }))
    try {
      await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.machine'), SOON).toBe('2')
      const begun = await offer('## Task 1: Gate\n**Requires Approval:** true\n**Run:** true\n')
      await expect.poll(() => app.runner.api.view.openAsks().length, SOON).toBe(1)
      newer(url)
      const next = await offer('## Task 1: Next\n**Run:** true\n')
      await expect.poll(() => said, SOON).toEqual([expect.stringMatching(/newer Baton.*Update Baton on this machine/)])
      const target = { askId: app.runner.api.view.openAsks()[0]?.id ?? '' }
      await app.runner.api.submit({ type: 'answer', target, choice: 'approve' }, ANNA, { queue: 'main' })
      await expect.poll(async () => (await two.find(begun.id))?.state, SOON).toBe('done')
      expect((await two.find(next.id))?.state).toBe('queued')
      // A column that it needs is gone: that is no database which cannot be reached.
      postgres.query(url, 'ALTER TABLE baton.run RENAME COLUMN offered_by TO offerer')
      member.offer(offered('3', { project: 'main' })).catch(() => undefined)
      await expect
        .poll(() => postgres.query(url, "SELECT now() - seen > '7 s' FROM baton.machine WHERE name = 'one'"), SOON)
        .toBe('t')
      expect(said).toHaveLength(1)
      expect(errors).toEqual([])
    } finally {
      await member.stop()
    }
  }, 90_000)
})
