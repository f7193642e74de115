import { describe, expect, it } from 'vitest'
import { KEPT_LISTENING } from '../../src/core/elsewhere.ts'
import { ListensElsewhere, type SharedPlace } from '../../src/core/source-lease.ts'
import { GIVE_UP_MS, LEASE_MS } from '../../src/machines/machines.ts'
import { forgetOld } from '../../src/machines/postgres/forget.ts'
import type { SourceLeases } from '../../src/machines/postgres/sources.ts'
import { repositoryPlace } from '../../src/sources/github/place.ts'
import { ticketsPlace } from '../../src/sources/jira/place.ts'
import { createGitHubState } from '../../src/store/github-state.ts'
import type { Home } from '../support/home.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'
import { passFor, sourceMachine } from './source-machine.ts'

const REPO = 'acme/app'
const PLACE = { name: `github:${REPO}`, notes: { kept: [`github:${REPO}:`], repo: REPO } }

describe.skipIf(noPostgres !== undefined)(`sources${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  const postgres = postgresOfTests()
  const machine = async (url: string, name: string, home?: Pick<Home, 'dir'>) => {
    const one = await sourceMachine(postgres, url, name, home)
    const lease = one.share(PLACE)
    const held: string[] = []
    lease.onHeld(({ isAfresh }) => held.push(isAfresh ? 'afresh' : 'as before'))
    return { ...one, lease, held, state: createGitHubState(one.store.db, REPO, Date.now) }
  }
  const pass = (url: string, seconds: number) => passFor(postgres, url, seconds)

  it('are listened to by one machine, and by another with all that it noted when that one is silent', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    expect(one.lease.isHeld()).toBe(false)
    await expect(one.lease.confirm()).rejects.toThrow(ListensElsewhere)
    await one.round()
    await two.round()
    expect([one.lease.isHeld(), two.lease.isHeld(), two.lease.holder()]).toEqual([true, false, 'one'])
    for (const { store } of [one, two]) expect(store.kept.get(KEPT_LISTENING)).toEqual({ 'github:acme/app': 'one' })
    expect(one.lease.forRun()).toEqual({ offer: one.renewed[0], fence: 1 })
    expect(one.sources.silence()).toBe(' Nothing new is started from github:acme/app until then.')
    await expect(two.lease.confirm()).rejects.toThrow('one listens to github:acme/app.')
    one.state.issues.set(5, { stage: 'open' })
    one.state.seen.add('label', 'x/7')
    one.state.writes.begin('comment:5:a')
    one.state.writes.begin('comment:5:b')
    one.state.writes.done('comment:5:b', { id: 1 })
    one.state.notes.set('newest-comment', 'today')
    await one.lease.confirm()
    // Told, and taken back later.
    one.state.writes.forget('comment:5:a')
    two.state.etags.set('issues', 'old')
    two.state.issues.set(5, { stage: 'over' })
    two.state.issues.set(6, { stage: 'open' })
    await one.round()
    pass(url, 14)
    await two.round()
    expect(two.lease.isHeld()).toBe(false)
    expect(two.sources.nextExpiryMs()).toBeLessThan(1_100)
    pass(url, 2)
    await two.round()
    expect([two.lease.isHeld(), two.held, two.lease.forRun()?.fence]).toEqual([true, ['afresh'], 2])
    expect(two.state.issues.all()).toEqual([
      { number: 5, value: { stage: 'open' } },
      { number: 6, value: { stage: 'open' } },
    ])
    expect(two.state.seen.has('label', 'x/7')).toBe(true)
    expect(two.state.writes.get('comment:5:a')).toBeUndefined()
    expect(two.state.writes.get('comment:5:b')).toEqual({ done: true, result: { id: 1 } })
    expect(two.state.notes.get('newest-comment')).toBe('today')
    // What came with it was for somebody who did not listen.
    expect(two.state.etags.get('issues')).toBeUndefined()
    // The first one still thinks that it listens, and can do nothing.
    one.state.issues.set(5, { stage: 'blocked' })
    await expect(one.lease.confirm()).rejects.toThrow(ListensElsewhere)
    expect(one.lease.isHeld()).toBe(false)
    expect(await one.leases.renew({ id: one.renewed[0] as string, fence: 1 })).toBe('lost')
    await one.round()
    await expect(one.lease.confirm()).rejects.toThrow('two listens to github:acme/app.')
    pass(url, 16)
    await one.round()
    expect(one.held).toEqual(['as before', 'afresh'])
    expect(one.state.issues.get(5)).toEqual({ stage: 'open' })
    expect(one.state.issues.get(6)).toEqual({ stage: 'open' })
  })

  it('stay with a machine that is back in time, with what it noted and could not say any more', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    await one.round()
    one.state.issues.set(5, { stage: 'open' })
    const again = await machine(url, 'one', one.home)
    const two = await machine(url, 'two')
    await two.round()
    await again.round()
    expect([two.lease.isHeld(), again.lease.isHeld(), again.held]).toEqual([false, true, ['as before']])
    expect(again.lease.forRun()).toEqual({ offer: again.renewed[0], fence: 1 })
    // The process before it is nobody any more.
    await one.round()
    expect(await one.leases.renew({ id: one.renewed[0] as string, fence: 1 })).toBe('lapsed')
    one.state.issues.set(7, { stage: 'open' })
    await expect(one.lease.confirm()).rejects.toThrow(ListensElsewhere)
    pass(url, 16)
    await two.round()
    expect(two.state.issues.get(5)).toEqual({ stage: 'open' })
  })

  it('stay with whoever had them where the database was away, for as long as a lease is good', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.round()
    await two.round()
    for (const { sources } of [one, two]) sources.away()
    pass(url, 60)
    // Of two that are back the other one comes first.
    await two.round()
    expect([two.lease.isHeld(), two.sources.nextExpiryMs()]).toEqual([false, LEASE_MS])
    await one.round()
    await two.round()
    expect([one.lease.forRun()?.fence, two.lease.isHeld()]).toEqual([1, false])
    pass(url, 16)
    await two.round()
    expect(two.lease.forRun()?.fence).toBe(2)
  })

  it('are one place however its name is written, and what is noted of it is known under each', async () => {
    const spelled = (config: { repo: string }, apiUrl?: string) => repositoryPlace(config, apiUrl)
    const names = [spelled({ repo: 'Acme/App' }), spelled({ repo: 'acme/app.git' }, 'https://API.github.com')]
    expect(names.map(({ name }) => name)).toEqual(['github:acme/app', 'github:acme/app'])
    const own = ['http://Git.acme.io:443/api/v3', 'https://git.acme.io/api/v3/', 'https://me@git.acme.io'].map(
      (apiUrl) => spelled({ repo: 'acme/app' }, apiUrl).name,
    )
    expect(new Set(own)).toEqual(new Set(['github:git.acme.io/acme/app']))
    const tickets = ['https://Acme.atlassian.net', 'http://acme.atlassian.net', 'https://acme.atlassian.net:443'].map(
      (site) => ticketsPlace(site, { project: 'BAT' }, { name: 'main' }),
    )
    expect(new Set(tickets.map(({ name }) => name))).toEqual(new Set(['jira:acme.atlassian.net/BAT/main']))

    const url = postgres.createDatabase()
    const [one, two] = [await sourceMachine(postgres, url, 'one'), await sourceMachine(postgres, url, 'two')]
    const repos = ['Acme/App', 'acme/app'] as const
    const [first, second] = [one.share(spelled({ repo: repos[0] })), two.share(spelled({ repo: repos[1] }))]
    const [here, there] = [
      createGitHubState(one.store.db, repos[0], Date.now),
      createGitHubState(two.store.db, repos[1], Date.now),
    ]
    one.share(tickets[0] as SharedPlace)
    two.share(tickets[1] as SharedPlace)
    const ticket = (at: number) => `${tickets[at]?.notes.kept[0]}7`
    await one.round()
    await two.round()
    here.notes.set('newest-comment', 'today')
    here.issues.set(5, { stage: 'open' })
    one.store.kept.set(ticket(0), 'taken up')
    await first.confirm()
    await one.round()
    pass(url, 16)
    await two.round()
    expect(there.notes.get('newest-comment')).toBe('today')
    expect(there.issues.get(5)).toEqual({ stage: 'open' })
    expect(two.store.kept.get(ticket(1))).toBe('taken up')
    there.notes.set('newest-comment', 'tomorrow')
    await second.confirm()
    pass(url, 16)
    await one.round()
    expect(here.notes.get('newest-comment')).toBe('tomorrow')
    expect(
      postgres.query(url, "SELECT DISTINCT count(*) FROM baton.source_note WHERE key ILIKE '%newest-comment%'"),
    ).toBe('1')
  })

  it('are known for ever, and what was forgotten of them for as long as somebody may have to forget it', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const notes = () =>
      postgres
        .query(url, "SELECT key || CASE WHEN value IS NULL THEN ' -' ELSE '' END FROM baton.source_note ORDER BY key")
        .split('\n')
    const prune = async (days: number) => {
      postgres.query(url, `UPDATE baton.source_note SET at = at - interval '${days} days'`)
      await forgetOld(await postgres.connect(url, 'chores'))
    }
    await two.round()
    await one.round()
    two.state.writes.begin('comment:5:a')
    two.state.writes.begin('comment:5:b')
    two.state.issues.set(5, { stage: 'open' })
    two.state.seen.add('label', 'x/7')
    await two.lease.confirm()
    pass(url, 16)
    await one.round()
    one.state.writes.forget('comment:5:a')
    one.store.db.exec('DELETE FROM github_seen')
    await one.lease.confirm()
    const all = ['item/issue/5', 'seen/label/x/7 -', 'write/comment:5:a -', 'write/comment:5:b']
    expect(notes()).toEqual(all)
    // What is seen is never forgotten because of another machine; the rest may be asked for.
    await prune(89)
    expect(notes()).toEqual(all.toSpliced(1, 1))
    await prune(2)
    expect(notes()).toEqual(['item/issue/5', 'write/comment:5:b'])
    // The one that has it stays as it is, and so does one that is new.
    await one.round()
    expect(one.state.writes.get('comment:5:b')).toBeDefined()
    const three = await machine(url, 'three')
    three.state.writes.begin('comment:6:c')
    await three.round()
    pass(url, 16)
    await three.round()
    expect(three.state.writes.get('comment:6:c')).toBeDefined()
    // The second one was not there for all of that time, and still forgets it.
    await two.round()
    expect(two.state.writes.get('comment:5:a')).toBeDefined()
    pass(url, 16)
    await two.round()
    expect([two.lease.forRun()?.fence, two.held]).toEqual([4, ['as before', 'afresh']])
    expect(two.state.writes.get('comment:5:a')).toBeUndefined()
    expect(two.state.writes.get('comment:5:b')).toBeDefined()
    expect(two.state.writes.get('comment:6:c')).toBeDefined()
    expect(two.state.issues.get(5)).toEqual({ stage: 'open' })
    await two.lease.confirm()
    expect(notes()).toEqual(['item/issue/5', 'seen/label/x/7', 'write/comment:5:b', 'write/comment:6:c'])
  })

  it('are another machine’s where the state folder is another one, whatever its name', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    await one.round()
    const other = await machine(url, 'one')
    await other.round()
    expect(other.lease.isHeld()).toBe(false)
    pass(url, 16)
    await other.round()
    expect(other.lease.forRun()?.fence).toBe(2)
  })

  it('are let go of by a clock that nobody can set, and nothing begins that nobody would know of', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    await one.round()
    one.later(GIVE_UP_MS)
    expect(one.lease.isHeld()).toBe(true)
    await one.lease.confirm()
    const away = { ...one.leases, note: () => Promise.reject(new Error('away')) }
    await one.sources.round(away, () => undefined)
    one.state.issues.set(5, { stage: 'open' })
    await expect(one.lease.confirm()).rejects.toThrow('What was noted of github:acme/app is not known')
    await one.round()
    await one.lease.confirm()
    one.later(GIVE_UP_MS + 1)
    expect(one.lease.isHeld()).toBe(false)
    await expect(one.lease.confirm()).rejects.toThrow('Nobody can say at the moment')
    // An answer that comes late says nothing of now.
    const late = {
      ...one.leases,
      note: async (...given: Parameters<SourceLeases['note']>) => {
        one.later(GIVE_UP_MS + 1)
        return one.leases.note(...given)
      },
    }
    await one.sources.round(late, () => undefined)
    expect(one.lease.isHeld()).toBe(true)
    one.state.issues.set(6, { stage: 'open' })
    await expect(one.lease.confirm()).rejects.toThrow('Nobody can say at the moment')
  })

  it('that another machine hears of are looked at by the one that listens', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.round()
    await two.round()
    const heard: unknown[] = []
    one.lease.onHint((about) => heard.push(about))
    two.lease.onHint(() => heard.push('two'))
    const ear = await postgres.connect(url, 'ear')
    const words: string[] = []
    const stop = await ear.listen((word) => void (word.startsWith('hint ') && words.push(word)))
    two.lease.hint({ sha: 'a' })
    two.lease.hint({ text: 'x'.repeat(9_000) })
    await expect.poll(() => words.length, { timeout: 10_000 }).toBe(2)
    await stop()
    for (const word of words) for (const { sources } of [one, two]) expect(sources.heard(word)).toBe(true)
    expect(one.sources.heard('run')).toBe(false)
    // What is too long to be said is only a reason to look.
    expect(heard).toHaveLength(2)
    expect(heard).toEqual(expect.arrayContaining([{ sha: 'a' }, undefined]))
  })
})
