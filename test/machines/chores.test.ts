import { describe, expect, it } from 'vitest'
import type { TakenRun } from '../../src/machines/machines.ts'
import { ANNA } from '../support/home.ts'
import { noPostgres } from '../support/postgres.ts'
import { DONE, offered, postgresOfTests, wanted } from './databases.ts'
import { homeOfOne, memberOfTest } from './member-of-test.ts'

const SOON = { timeout: 30_000, interval: 50 }

describe.skipIf(noPostgres !== undefined)('a machine', () => {
  const postgres = postgresOfTests()

  it('takes runs and renews them while a chore takes as long as it likes', async () => {
    const url = postgres.createDatabase()
    const two = await postgres.machine(url, 'two')
    const noting = Promise.withResolvers<string[]>()
    let isNoting = false
    const noteDone = () => {
      isNoting = true
      return noting.promise
    }
    const { app, errors, stop } = await memberOfTest(url, homeOfOne(), { noteDone })
    try {
      await two.offer(offered('noted by one'))
      await two.finish((await two.take(wanted('web'))) as TakenRun, DONE)
      await expect.poll(() => isNoting, SOON).toBe(true)
      const gate = '## Task 1: Gate\n**Requires Approval:** true\n**Run:** true\n'
      const { id } = await two.offer(offered(gate, { project: 'main', target: 'one', by: ANNA }))
      await expect.poll(() => app.runner.api.view.openAsks().length, SOON).toBe(1)
      const renewed = () => postgres.query(url, `SELECT renewed FROM baton.run WHERE id = '${id}'`)
      await expect.poll(renewed, SOON).not.toBe(renewed())
      expect(postgres.query(url, 'SELECT count(*) FROM baton.run WHERE NOT noted AND ended IS NOT NULL')).toBe('1')
    } finally {
      noting.resolve([])
      await stop()
    }
    expect(errors).toEqual([])
  }, 90_000)
})
