import { describe, expect, it } from 'vitest'
import { type Across, createAcross } from '../../src/machines/across.ts'
import { type Crossing, createCrossing } from '../../src/machines/postgres/crossing.ts'
import { createMembers } from '../../src/machines/postgres/members.ts'
import { createSharedBot } from '../../src/machines/shared-bot.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'

describe.skipIf(noPostgres !== undefined)(`what crosses${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  const postgres = postgresOfTests()

  /** A machine with a bot that it shares, and the numbers of the messages that are its own. */
  const machine = async (url: string, name: string, own: readonly string[] = []) => {
    const database = await postgres.connect(url, name)
    const me = { name, instance: `${name}-1` }
    await createMembers(database).join({
      ...{ ...me, labels: [], projects: ['web'], home: name, host: 'host', pid: 1, version: '1' },
    })
    const kept = new Map<string, unknown>()
    const clock = { ms: 0 }
    const across: Across = createAcross(
      {
        get: <T>(key: string) => kept.get(key) as T | undefined,
        set: (key, value) => void kept.set(key, value),
        transaction: (work) => work(),
      },
      (error) => {
        throw error
      },
      () => clock.ms,
    )
    const bot = createSharedBot(across, 'telegram', 'the token')
    const taken: string[] = []
    const begin = (tellsOfOthersMs?: number) =>
      bot.begin({
        ...(tellsOfOthersMs !== undefined && { tellsOfOthersMs }),
        isOwn: ({ messageId }) => messageId !== undefined && own.includes(messageId),
        take: (event, isBack) => taken.push(`${event}${isBack ? ' back' : ''}`),
      })
    begin()
    const crossing: Crossing = createCrossing(database, { ...me, home: name })
    across.use(crossing)
    return { across, bot, taken, crossing, database, clock, begin }
  }
  const pass = (url: string, seconds: number) => {
    const ago = `interval '${seconds} s'`
    postgres.query(url, `UPDATE baton.hearer SET renewed = renewed - ${ago}; UPDATE baton.heard SET at = at - ${ago}`)
  }

  it('is heard by one machine at a time, and by another when that one is silent or has stopped', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    expect([one.bot.mayHear(), two.bot.mayHear()]).toEqual([false, false])
    await one.across.round()
    await two.across.round()
    expect([one.bot.mayHear(), two.bot.mayHear()]).toEqual([true, false])
    // The database is away: it still hears.
    one.across.use(undefined)
    expect(one.bot.mayHear()).toBe(true)
    one.across.use(one.crossing)
    pass(url, 16)
    await two.across.round()
    await one.across.round()
    expect([one.bot.mayHear(), two.bot.mayHear()]).toEqual([false, true])
    await two.across.stop()
    await one.across.round()
    expect(one.bot.mayHear()).toBe(true)
    // A token is for nobody to read.
    expect(postgres.query(url, 'SELECT bot FROM baton.hearer')).toMatch(/^telegram-[0-9a-f]{24}$/)
  })

  it('is handled once, by the machine whose message it is about', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one', ['1'])
    const two = await machine(url, 'two', ['2'])
    await one.across.round()
    const at = (messageId?: string) => ({ chatId: '42', ...(messageId !== undefined && { messageId }) })
    expect(await one.bot.claim('a', 'tap on 1', at('1'))).toBe(true)
    expect(await one.bot.claim('b', 'words', at())).toBe(true)
    expect(await one.bot.claim('c', 'tap on 2', at('2'))).toBe(false)
    // The same update came to both, as it does when one is killed before it has confirmed it.
    expect(await two.bot.claim('b', 'words', at())).toBe(false)
    await Promise.all([one.across.look(), two.across.look()])
    await two.across.look()
    expect([one.taken, two.taken]).toEqual([[], ['tap on 2']])
    expect(await two.bot.claim('c', 'tap on 2', at('2'))).toBe(true)
    expect(postgres.query(url, 'SELECT count(*) FROM baton.heard WHERE event IS NOT NULL')).toBe('0')
    // A command that says whom it is for.
    expect(await one.bot.claim('d', '/approve', at(), 'two')).toBe(false)
    await two.across.look()
    expect(two.taken).toEqual(['tap on 2', '/approve'])
  })

  it('comes back to whoever hears when nobody knows the message', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.across.round()
    expect(await one.bot.claim('a', 'tap on 9', { chatId: '42', messageId: '9' })).toBe(false)
    await Promise.all([one.across.look(), two.across.look()])
    expect([one.taken, two.taken]).toEqual([[], []])
    pass(url, 6)
    await two.across.look()
    await one.across.look()
    expect([one.taken, two.taken]).toEqual([['tap on 9 back'], []])
    // Without a database it is better handled than lost.
    one.across.use(undefined)
    expect(await one.bot.claim('z', 'tap', { chatId: '42', messageId: '9' })).toBe(true)
  })

  it('is left to another machine by one that cannot renew, as soon as that is heard of, and by no other', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    await one.across.round()
    let yields = 0
    one.across.onYield(() => yields++)
    expect([one.bot.yield(), two.bot.yield()]).toEqual([false, false])
    // Nobody else can have the lease yet, and whoever polls beside it is no machine of ours.
    one.clock.ms += 10_000
    expect([one.bot.yield(), one.bot.mayHear()]).toEqual([false, true])
    one.clock.ms += 1
    expect([one.bot.yield(), one.bot.mayHear(), yields]).toEqual([true, false, 1])
    expect([one.bot.yield(), yields]).toEqual([false, 1])
    // The lease says who hears, as soon as it can be asked again.
    await one.across.round()
    expect(one.bot.mayHear()).toBe(true)
  })

  it('waits, where another machine may have taken over, for the platform to tell of that one, and then for the database', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    one.begin(20)
    await one.across.round()
    const here = { chatId: '42' }
    one.across.use(undefined)
    // By its lease no other can have heard it.
    one.clock.ms = 10_000
    expect(await one.bot.claim('a', 'a', here)).toBe(true)
    // The database is away for all: nobody tells of another one.
    one.clock.ms = 20_000
    expect(await one.bot.claim('b', 'b', here)).toBe(true)
    // Both have heard these, and only the database knows.
    const claimed: boolean[] = []
    const claims = Promise.all(['c', 'd'].map((id) => one.bot.claim(id, id, here))).then((all) => claimed.push(...all))
    expect(one.bot.yield()).toBe(true)
    pass(url, 16)
    await two.across.round()
    expect(await two.bot.claim('c', 'c', here)).toBe(true)
    one.across.use(one.crossing)
    // As a machine does every few seconds.
    while (claimed.length === 0) await Promise.race([claims, one.across.round()])
    expect(one.bot.mayHear()).toBe(false)
    expect(claimed).toEqual([false, true])
    expect(await two.bot.claim('d', 'd', here)).toBe(false)
  })

  it('is a call of the API of another machine, answered there once, and what each of them does', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const calls: string[] = []
    const events = { lastSeq: () => 0, follow: () => () => undefined }
    const read = async () => ({ sessions: [], asks: [] })
    one.across.serve({
      doing: () => ({ asks: [] }),
      answer: async () => ({ status: 500, type: '', text: '' }),
      events,
      read,
    })
    two.across.serve({
      // Neither of the last two can stand in a `jsonb`.
      doing: () => ({ asks: ['?\0\ud800'] }),
      answer: async ({ path }) => {
        calls.push(path)
        return { status: 200, type: 'text/plain', text: `answer to ${path}` }
      },
      ...{ events, read },
    })
    const stop = await two.database.listen(() => void two.across.look())
    expect(await one.across.call('two', { method: 'GET', path: '/api/asks/1' })).toEqual({
      status: 200,
      type: 'text/plain',
      text: 'answer to /api/asks/1',
    })
    await two.across.look()
    expect(calls).toEqual(['/api/asks/1'])
    // What was answered stays with whoever asked.
    const kept = () => postgres.query(url, 'SELECT count(*) FROM baton.call')
    expect(kept()).toBe('0')
    // Whoever asks is gone before the answer comes.
    await one.crossing.ask('two', { method: 'GET', path: '/api/asks/2' })
    await expect.poll(() => calls.at(-1)).toBe('/api/asks/2')
    await expect.poll(() => postgres.query(url, 'SELECT count(*) FROM baton.call WHERE answer IS NOT NULL')).toBe('1')
    postgres.query(url, "UPDATE baton.call SET at = at - interval '61 s'")
    await two.across.look()
    expect(kept()).toBe('0')
    await stop()
    await one.across.look()
    expect(one.across.others()).toEqual([
      { machine: 'two', doing: { asks: ['?\uFFFD\uFFFD'], bots: [expect.any(String)], carries: [] } },
    ])
    const seen = one.across.changes()
    await one.across.look()
    expect(one.across.changes()).toBe(seen)
    // It is gone, and what it did is still known, with how old that is; for a day.
    const silent = (seconds: number) =>
      postgres.query(url, `UPDATE baton.machine SET seen = now() - interval '${seconds} s' WHERE name = 'two'`)
    const before = Date.now()
    silent(60)
    await one.across.look()
    const [gone] = one.across.others()
    expect(gone).toMatchObject({ machine: 'two', doing: { asks: ['?\uFFFD\uFFFD'] } })
    expect(Math.abs((gone?.silentSince ?? 0) - (before - 60_000))).toBeLessThan(30_000)
    silent(90_000)
    await one.across.look()
    expect(one.across.others()).toEqual([])
  })

  it('is what happens on each machine: once, in order, and only the newest of it is kept', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    /** Serves a machine whose events are these; gives how one more happens. */
    const serve = ({ across }: typeof one, started: number) => {
      let seq = started
      let listener: ((seq: number, json: string) => void) | undefined
      across.serve({
        ...{ doing: () => ({}), answer: async () => ({ status: 500, type: '', text: '' }) },
        read: async () => ({ sessions: [], asks: [] }),
        events: {
          lastSeq: () => seq,
          follow: (given, after) => {
            listener = given
            for (let at = after + 1; at <= seq; at++) given(at, JSON.stringify({ seq: at }))
            return () => undefined
          },
        },
      })
      return (count: number, text = '') => {
        for (let i = 0; i < count; i++) listener?.(++seq, JSON.stringify({ seq, text }))
      }
    }
    const here = serve(one, 0)
    const there = serve(two, 700)
    const heard: string[] = []
    const listen =
      (name: string): Parameters<Across['follow']>[0] =>
      (events, isBacklog) => {
        const told = events.map(({ machine, event }) => `${machine} ${event.seq}`)
        heard.push(`${name}${isBacklog ? ' began' : ''}: ${told}`)
      }
    await one.across.look()
    await two.across.look()
    // Nobody was there to hear of what was before.
    await Promise.all([one.across.look(), two.across.look()])
    there(2, 'half of one: \u0000 \ud83d')
    await two.across.look()
    const unfollow = one.across.follow(listen('early'))
    await one.across.look()
    there(1)
    here(1)
    await two.across.look()
    await one.across.look()
    one.across.follow(listen('late'))
    await one.across.look()
    unfollow()
    there(1)
    await two.across.look()
    await one.across.look()
    expect(heard).toEqual([
      'early began: two 701,two 702',
      'early: two 703',
      'late began: two 701,two 702,two 703',
      'late: two 704',
    ])
    // A connection that broke before the answer came: the same is told again.
    await two.crossing.events.publish([{ seq: 704, json: '{"seq":704}' }])
    // It counts from the start after its state was lost, and continues above what the others know.
    const again = createCrossing(two.database, { name: 'two', instance: 'two-2', home: 'new' })
    expect([await two.crossing.events.newest(), await again.events.newest()]).toEqual([704, undefined])
    await again.events.publish([{ seq: 1, json: '{"seq":1}' }])
    await one.across.look()
    expect(heard.at(-1)).toBe('late: two 1')
    there(1_500)
    await two.across.look()
    const kept = () => postgres.query(url, "SELECT count(*), max(seq) FROM baton.event WHERE machine = 'two'")
    expect(kept()).toBe('1000|2204')
    postgres.query(url, "UPDATE baton.event SET at = at - interval '61 min'")
    await one.crossing.events.forget()
    expect(kept()).toBe('0|')
  })
})
