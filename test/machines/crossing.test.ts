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
    const across: Across = createAcross(
      {
        get: <T>(key: string) => kept.get(key) as T | undefined,
        set: (key, value) => void kept.set(key, value),
        transaction: (work) => work(),
      },
      (error) => {
        throw error
      },
    )
    const bot = createSharedBot(across, 'telegram', 'the token')
    const taken: string[] = []
    bot.begin({
      isOwn: ({ messageId }) => messageId !== undefined && own.includes(messageId),
      take: (event, isBack) => taken.push(`${event}${isBack ? ' back' : ''}`),
    })
    const crossing: Crossing = createCrossing(database, me)
    across.use(crossing)
    return { across, bot, taken, crossing, database }
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

  it('is a call of the API of another machine, answered there once, and what each of them does', async () => {
    const url = postgres.createDatabase()
    const one = await machine(url, 'one')
    const two = await machine(url, 'two')
    const calls: string[] = []
    one.across.serve({ doing: () => ({ asks: [] }), answer: async () => ({ status: 500, type: '', text: '' }) })
    two.across.serve({
      doing: () => ({ asks: ['?'] }),
      answer: async ({ path }) => {
        calls.push(path)
        return { status: 200, type: 'text/plain', text: `answer to ${path}` }
      },
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
    expect(one.across.others()).toEqual([{ machine: 'two', doing: { asks: ['?'] } }])
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
    expect(gone).toMatchObject({ machine: 'two', doing: { asks: ['?'] } })
    expect(Math.abs((gone?.silentSince ?? 0) - (before - 60_000))).toBeLessThan(30_000)
    silent(90_000)
    await one.across.look()
    expect(one.across.others()).toEqual([])
  })
})
