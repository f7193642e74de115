import { describe, expect, it } from 'vitest'
import type { AskedElsewhere } from '../../src/core/elsewhere.ts'
import { createAcross } from '../../src/machines/across.ts'
import { createMachinesForChats } from '../../src/machines/for-chats.ts'
import type { AskedCall } from '../../src/machines/postgres/crossing.ts'
import { createCrossing } from '../../src/machines/postgres/crossing.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'

const ASK: AskedElsewhere = {
  ...{ id: 'ask1', hash: 'h', kind: 'approval', options: [{ choice: 'approve', label: 'Approve' }] },
  shown: { title: 'Start it?', text: 'It', mixed: [], questions: [] },
}
const ANNA = { surface: 'telegram', id: '42', name: 'Anna' } as const

describe.skipIf(noPostgres !== undefined)(
  `what machines without a bot ask${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    const postgres = postgresOfTests()

    /** A machine with these bots, which asks what is in `asks`. */
    const open = async (url: string, name: string, ...bots: string[]) => {
      const { database, me } = await postgres.machine(url, name)
      const kept = new Map<string, unknown>()
      const across = createAcross(
        {
          get: <T>(key: string) => kept.get(key) as T | undefined,
          set: (key, value) => void kept.set(key, value),
          transaction: (work) => work(),
        },
        (error) => {
          throw error
        },
      )
      const asks: AskedElsewhere[] = []
      const answered: AskedCall[] = []
      across.serve({
        doing: () => ({ sessions: [], asks: [...asks] }),
        read: async ({ asks }) => ({ sessions: [], asks: asks as AskedElsewhere[] }),
        answer: async (call) => {
          answered.push(call)
          return { status: 200, type: 'application/json', text: JSON.stringify({ ok: true, text: 'Approved' }) }
        },
        events: { lastSeq: () => 0, follow: () => () => undefined },
      })
      const chats = createMachinesForChats(across)
      for (const bot of bots) {
        const [surface = '', token = 'the token'] = bot.split(' ')
        chats.bot(surface, token).begin({ isOwn: () => false, take: () => undefined })
      }
      across.use(createCrossing(database, me))
      await database.listen(() => void across.look().catch(() => undefined))
      const round = async () => {
        await across.round()
        await across.look()
      }
      /** On which surfaces this one is to show which asks. */
      const shows = async () =>
        ((await chats.asks(true))?.here ?? []).map(({ machine, ask, surfaces }) => `${machine} ${ask.id} ${surfaces}`)
      return { across, chats, asks, answered, round, shows }
    }

    it('is shown by one machine that has it and hears, also after another has taken over, and answered there', async () => {
      const url = postgres.createDatabase()
      const one = await open(url, 'one', 'telegram', 'slack')
      const two = await open(url, 'two', 'telegram')
      const far = await open(url, 'far', 'slack')
      const all = async () => {
        for (const machine of [one, two, far]) await machine.round()
        for (const machine of [one, two, far]) await machine.round()
      }
      far.asks.push(ASK)
      await all()
      expect([await one.shows(), await two.shows(), await far.shows()]).toEqual([['far ask1 telegram'], [], []])
      // Nothing is new, unless it is asked for anyway.
      expect(await one.chats.asks(false)).toBeUndefined()
      // A command without a message is for whoever asks on the same surface.
      expect([await one.chats.asking('slack'), await one.chats.asking('telegram')]).toEqual([['far'], []])
      one.chats.carry([{ ask: 'ask1', surfaces: ['telegram'] }])
      // The next one hears; the first is there, and what it shows can be tapped.
      postgres.query(url, "UPDATE baton.hearer SET machine = 'two', instance = 'two-1'")
      await all()
      // Who shows it follows what becomes of it, whoever listens by now.
      expect([await one.shows(), await two.shows()]).toEqual([['far ask1 telegram'], []])
      postgres.query(url, "UPDATE baton.machine SET seen = now() - interval '1 min' WHERE name = 'one'")
      await two.round()
      expect(await two.shows()).toEqual(['far ask1 telegram'])
      const to = { machine: 'far', ask: 'ask1', hash: 'h' }
      expect(await two.chats.answer(to, { approve: true }, ANNA, 'key')).toEqual({ ok: true, text: 'Approved' })
      expect(far.answered).toEqual([
        { method: 'POST', path: '/api/asks/ask1', body: { approve: true, hash: 'h' }, key: 'key', by: ANNA },
      ])
      far.asks.pop()
      await all()
      expect((await two.chats.asks(true))?.open.get('far')).toEqual(new Set())
      // Nobody would answer: that is said at once.
      postgres.query(url, "UPDATE baton.machine SET seen = now() - interval '1 min' WHERE name = 'far'")
      await two.round()
      expect(await two.chats.answer(to, { approve: true }, ANNA, 'key')).toMatchObject({
        ok: false,
        text: 'far does not answer at the moment. Try again in a while.',
      })
      expect(await two.chats.asking('telegram')).toEqual([])
    })

    it('is not shown for a machine that has a bot of its own there', async () => {
      const url = postgres.createDatabase()
      const one = await open(url, 'one', 'telegram', 'slack')
      const two = await open(url, 'two', 'telegram another')
      two.asks.push(ASK)
      for (const machine of [one, two, one]) await machine.round()
      expect(await one.shows()).toEqual(['two ask1 slack'])
      // Its messages are not this one's: nothing that is written here is for it.
      expect(await one.chats.asking('telegram')).toEqual([])
    })

    it('is not shown for an older machine, which had to have the same bots', async () => {
      const url = postgres.createDatabase()
      const one = await open(url, 'one', 'telegram')
      await postgres.machine(url, 'old')
      const doing = JSON.stringify({ sessions: [], asks: [ASK] }).replaceAll("'", "''")
      postgres.query(url, `UPDATE baton.machine SET doing = '${doing}' WHERE name = 'old'`)
      await one.round()
      expect(await one.shows()).toEqual([])
      expect(await one.chats.asking('telegram')).toEqual(['old'])
    })
  },
)
