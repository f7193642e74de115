import { describe, expect, it } from 'vitest'
import { localMachines } from '../../src/machines/local.ts'
import type { TakenRun } from '../../src/machines/machines.ts'
import { probeDatabase } from '../../src/machines/postgres/database.ts'
import { forgetOld } from '../../src/machines/postgres/forget.ts'
import { JOB_TABLES, TABLES } from '../../src/machines/postgres/versions.ts'
import { noPostgres } from '../support/postgres.ts'
import { DONE, offered, postgresOfTests, wanted } from './databases.ts'

it('without a database nothing is handed out, and that is said', async () => {
  const local = localMachines()
  await expect(local.offer(offered('x', { target: 'studio' }))).rejects.toThrow(/--on studio.*DATABASE_URL is not set/)
  expect(await local.take(wanted('web'))).toBeUndefined()
})

describe.skipIf(noPostgres !== undefined)(`runs in a Postgres${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  const postgres = postgresOfTests()

  const { machine, pass } = postgres

  it('are taken one at a time a project, in order, by whom they are for', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const gpu = await machine(url, 'two', ['gpu'])
    const first = await one.offer(offered('1', { target: 'label:gpu' }))
    expect(await one.offer(offered('1', { target: 'label:gpu' }))).toEqual({ id: first.id, already: true })
    const second = await one.offer(offered('2', { target: 'one' }))
    const other = await one.offer(offered('3', { project: 'api' }))
    // The first one of the project is not for this machine, and nothing passes it.
    expect(await one.take(wanted('web'))).toBeUndefined()
    const [a, b] = await Promise.all([gpu.take(wanted('web')), gpu.take(wanted('web'))])
    expect([a, b].map((taken) => taken?.id).filter(Boolean)).toEqual([first.id])
    const taken = (a ?? b) as TakenRun
    expect(taken).toMatchObject({ fence: 1, files: [{ name: 'a.md', text: '1' }] })
    expect(await one.take(wanted('web'))).toBeUndefined()
    // Another project is no matter of this one; one that has something else to do is not given anything.
    expect(await one.take(wanted())).toBeUndefined()
    expect((await one.take(wanted('api')))?.id).toBe(other.id)
    expect(await one.renew(taken)).toBe('lost')
    expect(await gpu.renew(taken)).toBe('held')
    expect(await gpu.finish(taken, DONE)).toBe(true)
    expect(await gpu.finish(taken, DONE)).toBe(false)
    expect(await gpu.find(first.id)).toMatchObject({ state: 'done', machine: 'two', result: DONE })
    expect((await one.take(wanted('web')))?.id).toBe(second.id)
    // Whoever offered it notes it, once.
    expect((await one.members.pulse(one.me)).unnoted).toBe(true)
    expect((await one.unnoted()).map(({ id }) => id)).toEqual([first.id])
    await one.noted(first.id)
    expect([(await one.members.pulse(one.me)).unnoted, (await gpu.members.pulse(gpu.me)).unnoted]).toEqual([
      false,
      false,
    ])
    // What has ended may be offered again.
    expect((await one.offer(offered('1', { target: 'label:gpu' }))).already).toBe(false)
    expect((await one.members.list()).map(({ name, runs }) => [name, runs])).toEqual([
      ['one', 2],
      ['two', 0],
    ])
  })

  it('are offered once, also when the project has moved on, and start from where it is when they are taken', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const [older, newer, newest] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string]
    const { id } = await one.offer(offered('1', { base: older }))
    expect(await two.offer(offered('1', { base: newer, from: 'two' }))).toEqual({ id, already: true })
    expect(await two.take(wanted('web'))).toMatchObject({ id, base: newer, from: 'one' })
    // Somebody works on it from there.
    expect(await one.offer(offered('1', { base: newest }))).toEqual({ id, already: true })
    expect(postgres.query(url, "SELECT count(*) || ' ' || max(offer->>'base') FROM baton.run")).toBe(`1 ${newer}`)
    // Other options are another wish.
    expect((await one.offer(offered('1', { base: newest, options: { all: true } }))).already).toBe(false)
  }, 60_000)

  it('of a machine that is silent go to another, and what it still says is void', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const { id } = await one.offer(offered('1'))
    const held = (await one.take(wanted('web'))) as TakenRun
    pass(url, 5)
    await two.expire()
    expect(await two.take(wanted('web'))).toBeUndefined()
    expect(await one.renew(held)).toBe('held')
    pass(url, 16)
    expect((await two.members.pulse(two.me)).nextExpiryMs).toBeLessThan(0)
    // Nobody has it yet. One look a second is enough for all machines together.
    await expect
      .poll(
        () => {
          pass(url, 16)
          return two.expire().then(() => one.renew(held))
        },
        { interval: 300, timeout: 10_000 },
      )
      .toBe('lapsed')
    const over = (await two.take(wanted('web'))) as TakenRun
    expect(over).toMatchObject({ id, fence: 2 })
    expect(await one.renew(held)).toBe('lost')
    expect(await one.finish(held, DONE)).toBe(false)
    expect(await one.park(held)).toBe(false)
    expect(await two.renew(over)).toBe('held')
    expect(await two.find(id)).toMatchObject({ state: 'active', machine: 'two', fence: 2 })
  })

  it('of a machine that waits for a person let others work, and come back to it', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.offer(offered('1'))
    const next = await one.offer(offered('2'))
    const held = (await one.take(wanted('web'))) as TakenRun
    expect(await one.park(held)).toBe(true)
    const meanwhile = (await two.take(wanted('web'))) as TakenRun
    expect(meanwhile.id).toBe(next.id)
    expect(await one.renew(held)).toBe('lapsed')
    expect(await one.unpark(held)).toBe(true)
    expect(await one.unpark(held)).toBe(false)
    expect(await one.take({ ...wanted(), returning: ['web'] })).toBeUndefined()
    expect(await two.finish(meanwhile, DONE)).toBe(true)
    expect(await two.take(wanted('web'))).toBeUndefined()
    expect(await one.take({ ...wanted(), returning: ['web'] })).toMatchObject({ id: held.id, fence: 2 })
  })

  it('are held by the newest fence alone, also on the machine that had an older one', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    await one.offer(offered('1'))
    const older = (await one.take(wanted('web'))) as TakenRun
    expect(await one.park(older)).toBe(true)
    expect(await one.unpark(older)).toBe(true)
    const newer = (await one.take({ ...wanted(), returning: ['web'] })) as TakenRun
    expect([older.fence, newer.fence]).toEqual([1, 2])
    expect(await one.renew(older)).toBe('lost')
    expect(await one.finish(older, DONE)).toBe(false)
    expect(await one.park(older)).toBe(false)
    expect(await one.park(newer)).toBe(true)
    expect(await one.unpark(older)).toBe(false)
    expect(await one.unpark(newer)).toBe(true)
  })

  it('that wait for a machine which is gone start elsewhere when a person says so, and not before', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const { id } = await one.offer(offered('1'))
    const held = (await one.take(wanted('web'))) as TakenRun
    await one.park(held)
    await one.unpark(held)
    expect(await two.offer(offered('1'))).toEqual({ id, already: true })
    expect(await two.stranded.list(['web'])).toEqual([])
    pass(url, 700)
    expect(await two.take(wanted('web'))).toBeUndefined()
    expect(await two.stranded.list(['web'])).toMatchObject([{ id, machine: 'one', files: [{ name: 'a.md' }] }])
    expect(await two.offer(offered('1'))).toEqual({ id, already: false })
    const over = (await two.take(wanted('web'))) as TakenRun
    expect(over).toMatchObject({ id, fence: 2 })
    // It is back, with its answer, too late.
    await one.members.pulse(one.me)
    expect(await one.unpark(held)).toBe(false)
    expect(await one.renew(held)).toBe('lost')
  })

  it('that wait for a machine which is gone are asked about by one machine at a time', async () => {
    const url = postgres.createDatabase()
    const [one, two, three] = [await machine(url, 'one'), await machine(url, 'two'), await machine(url, 'three')]
    const { id } = await one.offer(offered('1'))
    const run = (await one.take(wanted('web'))) as TakenRun
    await one.park(run)
    const silent = (name: string, seconds: number) =>
      postgres.query(url, `UPDATE baton.machine SET seen = now() - interval '${seconds} s' WHERE name = '${name}'`)
    silent('one', 590)
    expect(await two.stranded.claim(run)).toBeUndefined()
    silent('one', 610)
    const claims = await Promise.all([two.stranded.claim(run), three.stranded.claim(run)])
    expect(claims.filter((time) => time !== undefined)).toEqual([1])
    const [asker, other] = claims[0] === undefined ? [three, two] : [two, three]
    expect(await other.stranded.list(['web'])).toEqual([])
    // The same machine asks the same again, as after a restart.
    expect(await asker.stranded.list(['web'])).toMatchObject([{ id, machine: 'one', fence: 1 }])
    expect(await asker.stranded.claim(run)).toBe(1)
    expect(await asker.stranded.list(['api'])).toEqual([])
    silent(asker.me.name, 61)
    expect(await other.stranded.claim(run)).toBe(2)
    expect([await asker.stranded.isOpen(run), await other.stranded.isOpen(run)]).toEqual([false, true])
    expect(await asker.stranded.adopt(run)).toBe(false)
    expect(await asker.stranded.giveUp(run, DONE)).toBe(false)
    // Nobody decided: it is not asked about for an hour, by anybody.
    await other.stranded.release(run)
    await asker.members.pulse(asker.me)
    for (const each of [two, three]) expect(await each.stranded.list(['web'])).toEqual([])
    postgres.query(url, "UPDATE baton.run SET asked_at = now() - interval '61 minutes'")
    expect(await asker.stranded.claim(run)).toBe(3)
    expect(await asker.stranded.adopt(run)).toBe(true)
    expect(await asker.stranded.adopt(run)).toBe(true)
    expect(await asker.find(id)).toMatchObject({ state: 'queued', target: asker.me.name, fence: 1 })
    // What is taken has left what was before behind.
    const taken = (await asker.take({ ...wanted(), returning: ['web'] })) as TakenRun
    expect(taken).toMatchObject({ id, fence: 2 })
    expect(await asker.stranded.adopt(run)).toBe(false)
    expect(await one.unpark(run)).toBe(false)
  })

  it('that were given back by a machine which is gone start elsewhere as its message says, whoever they were for', async () => {
    for (const target of ['any', 'one', 'label:gpu']) {
      const url = postgres.createDatabase()
      const one = await machine(url, 'one', ['gpu'])
      const two = await machine(url, 'two')
      const { id } = await one.offer(offered('1', { target }))
      const held = (await one.take(wanted('web'))) as TakenRun
      // It goes before anybody has answered, and so nobody can.
      await one.park(held)
      expect(await two.offer(offered('1'))).toEqual({ id, already: true })
      pass(url, 700)
      expect(await two.stranded.list(['web'])).toMatchObject([{ id, machine: 'one' }])
      expect(await two.take(wanted('web'))).toBeUndefined()
      expect(await two.offer(offered('1'))).toEqual({ id, already: false })
      expect(await two.take(wanted('web'))).toMatchObject({ id, fence: 2 })
      expect(await one.unpark(held)).toBe(false)
      expect(await one.renew(held)).toBe('lost')
    }
  })

  it('are not for a copy of a machine, nor for a machine that has not the commit', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    await one.offer(offered('1', { base: 'a'.repeat(40) }))
    expect(await one.take({ ...wanted('web'), mayStart: async () => false })).toBeUndefined()
    const held = (await one.take(wanted('web'))) as TakenRun
    const copy = await machine(url, 'one', [], 'copy')
    expect(copy.answer).toMatchObject({ by: { name: 'one', isCopy: true, runs: 1 } })
    await one.offer(offered('2', { project: 'api' }))
    expect(await copy.take(wanted('web', 'api'))).toBeUndefined()
    expect(await copy.renew(held)).toBe('lapsed')
    pass(url, 16)
    // Now it is the former one that is silent; when it speaks again it has no say.
    expect(await copy.members.join(copy.me)).toEqual({ joined: true })
    expect(await one.members.pulse(one.me)).toMatchObject({ isMember: false })
    expect(await one.renew(held)).toBe('lapsed')
    expect(await one.finish(held, DONE)).toBe(false)
    await copy.members.leave(copy.me)
    expect(await one.members.join(one.me)).toEqual({ joined: true })
  })

  it('are looked for without changing anything', async () => {
    const url = postgres.createDatabase()
    expect(await probeDatabase(url)).toMatchObject({ isTooOld: false, isReady: true, tables: { own: 0, jobs: 0 } })
    expect(
      postgres.query(url, "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'baton%'"),
    ).toBe('0')
    // Two that come first at the same moment.
    await Promise.all([machine(url, 'one'), machine(url, 'two')])
    expect(await probeDatabase(url)).toMatchObject({ tables: { own: TABLES, jobs: JOB_TABLES } })
  })

  it('are data, whatever stands in them', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const text = `'; DROP SCHEMA baton CASCADE; -- $1 \u2028 "quoted" {"a": 1}`
    await one.offer(offered(text, { files: [{ name: `x'"; $1.md`, text }] }))
    expect((await one.take(wanted('web')))?.files).toEqual([{ name: `x'"; $1.md`, text }])
  })

  it('are forgotten when nobody asks for them any more, and with them what was heard and who was there', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const done = async (text: string) => {
      const { id } = await one.offer(offered(text))
      const taken = (await two.take(wanted('web'))) as TakenRun
      expect(await two.finish(taken, DONE)).toBe(true)
      return id
    }
    const [noted, unnoted] = [await done('1'), await done('2')]
    await one.noted(noted)
    const { id: open } = await one.offer(offered('3'))
    const query = (text: string) => postgres.query(url, text)
    query("INSERT INTO baton.heard (bot, id, about, at) VALUES ('gone', '1', '{}', now() - interval '3 days')")
    query("INSERT INTO baton.heard (bot, id, about) VALUES ('here', '2', '{}')")
    const age = (days: number) => {
      query(`UPDATE baton.run SET at = at - interval '${days} days', ended = ended - interval '${days} days'`)
      query(`UPDATE baton_jobs.job SET completed_on = completed_on - interval '${days} days'`)
      query(`UPDATE baton.machine SET seen = seen - interval '${days} days' WHERE name = 'two'`)
      query('UPDATE baton_jobs.queue SET maintain_on = NULL')
    }
    const left = () => [
      query('SELECT id FROM baton.run ORDER BY at').split('\n'),
      query('SELECT count(*) FROM baton_jobs.job'),
      query('SELECT name FROM baton.machine ORDER BY name').split('\n'),
    ]
    await forgetOld(one.database)
    expect(left()).toEqual([[noted, unnoted, open], '3', ['one', 'two']])
    expect(query('SELECT bot FROM baton.heard')).toBe('here')
    age(8)
    await forgetOld(one.database)
    expect(left()).toEqual([[unnoted, open], '1', ['one', 'two']])
    // Whoever offered it has been away for a month; what is open stays, however old it is.
    age(91)
    await forgetOld(one.database)
    expect(left()).toEqual([[open], '1', ['one']])
  })
})
