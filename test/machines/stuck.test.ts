import { afterEach, describe, expect, it } from 'vitest'
import type { TakenRun } from '../../src/machines/machines.ts'
import { noPostgres } from '../support/postgres.ts'
import { DONE, offered, postgresOfTests, wanted } from './databases.ts'

/** Frozen, cut off, or waiting for git: it says nothing more, and its connection stays. */
let endOfTest = Promise.withResolvers<never>()
const silence = () => endOfTest.promise
afterEach(() => {
  endOfTest.promise.catch(() => undefined)
  endOfTest.reject(new Error('the test is over'))
  endOfTest = Promise.withResolvers()
})

describe.skipIf(noPostgres !== undefined)('nobody waits for a machine that is stuck', () => {
  const postgres = postgresOfTests()
  const { machine, pass } = postgres

  it('in the midst of a renewal, or of taking a run', async () => {
    const url = postgres.createDatabase()
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((name) => machine(url, name)))
    if (!one || !two || !three) throw new Error('three are started')
    const { id } = await one.offer(offered('1'))
    await one.take(wanted('web'))
    const stuck = [
      one.database.transaction(async ({ sql }) => {
        await sql('SELECT 1 FROM baton.run WHERE id = $1 FOR UPDATE', [id])
        await sql('UPDATE baton_jobs.job SET heartbeat_on = now() WHERE id = $1::uuid', [id])
        return silence()
      }),
      two.database.transaction(silence, true),
    ]
    for (const one of stuck) one.catch(() => undefined)
    await expect
      .poll(() => postgres.query(url, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"))
      .toBe('2')
    const offering = three.offer(offered('2'))
    expect(await offering).toMatchObject({ already: false })
    pass(url, 16)
    await three.expire()
    expect(await three.take(wanted('web'))).toMatchObject({ id, fence: 2 })
  }, 30_000)

  it('while it looks whether the work can begin there', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const { id } = await one.offer(offered('1'))
    let isLooking = false
    const mayStart = () => {
      isLooking = true
      return silence()
    }
    one.take({ ...wanted('web'), mayStart }).catch(() => undefined)
    await expect.poll(() => isLooking).toBe(true)
    expect(await two.take(wanted('web'))).toMatchObject({ id })
  })

  it('nor is a run begun from another commit than the one that was looked for', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.offer(offered('1', { base: 'a'.repeat(40) }))
    const moved = async () => {
      await one.offer(offered('1', { base: 'b'.repeat(40) }))
      return true
    }
    expect(await two.take({ ...wanted('web'), mayStart: moved })).toBeUndefined()
    expect(await two.take(wanted('web'))).toMatchObject({ base: 'b'.repeat(40) })
  })

  it('because of a run that nobody may take, which hides no other one whose machine has died', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.offer(offered('1', { target: 'one' }))
    await one.take(wanted('web'))
    pass(url, 60)
    await one.offer(offered('2', { project: 'api' }))
    await one.take(wanted('api'))
    pass(url, 12)
    const { lapsed, nextExpiryMs } = await two.members.pulse(two.me)
    expect(lapsed).toBe(true)
    expect(nextExpiryMs).toBeGreaterThan(0)
    expect(nextExpiryMs).toBeLessThanOrEqual(3_000)
  })
})

describe.skipIf(noPostgres !== undefined)('a run that was given back for an answer', () => {
  const postgres = postgresOfTests()

  it('returns before what was offered after it, for which its machine would wait for ever', async () => {
    const url = postgres.createDatabase()
    const one = await postgres.machine(url, 'one')
    const first = await one.offer(offered('1'))
    const held = (await one.take(wanted('web'))) as TakenRun
    await one.park(held)
    await one.offer(offered('2'))
    await one.unpark(held)
    const back = (await one.take({ ...wanted(), returning: ['web'] })) as TakenRun
    expect(back).toMatchObject({ id: first.id, fence: 2 })
    expect(await one.finish(back, DONE)).toBe(true)
    expect(await one.take(wanted('web'))).toMatchObject({ files: [{ text: '2' }] })
  })
})
