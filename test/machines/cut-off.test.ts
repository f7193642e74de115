import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openMachinesHouse, type TestMachine, type TestMachines } from '../../faults/machines/house.ts'
import { openStore } from '../../src/store/store.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { noPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'
import { layLine, type PostgresLine } from '../support/postgres-line.ts'

const SOON = { timeout: 60_000, interval: 100 }

describe.skipIf(noPostgres !== undefined)(
  `a machine that only the database is away for${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let postgres: TestPostgres
    let house: TestMachines
    let api: BotApi
    let anna: Person
    let line: PostgresLine
    let one: TestMachine
    let two: TestMachine
    let url = ''
    const hearer = () => postgres.query(url, 'SELECT machine FROM baton.hearer')
    const texts = () => anna.sees().messages.map(({ versions }) => versions.at(-1)?.text ?? '')
    const toldOf = (words: string) => texts().filter((text) => text.includes(words)).length
    const polls = async (machine: TestMachine) => {
      const response = await fetch(`${await machine.daemon.url}/health`)
      return ((await response.json()) as { telegram: { ok: boolean } }).telegram.ok
    }

    beforeAll(async () => {
      postgres = startPostgres()
      url = postgres.createDatabase()
      line = await layLine(url)
      api = await startBotApi({ tapLifeMs: 60_000 })
      anna = api.person({ id: 42, name: 'Anna' })
      house = openMachinesHouse(url)
      const start = (name: string, address: string) =>
        house.start(name, {
          isSharing: false,
          env: `DATABASE_URL=${address}\nTELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_ALLOWED_USERS=42\nTELEGRAM_API_ROOT=${api.root}\n`,
          // She knows Baton.
          prepare: (stateDir) => {
            const store = openStore(stateDir)
            store.setMeta('telegram:since', 0)
            store.close()
          },
        })
      one = await start('one', line.url)
      await vi.waitUntil(
        () => postgres.query(url, "SELECT count(*) FROM pg_tables WHERE tablename = 'hearer'") === '1',
        SOON,
      )
      await vi.waitUntil(() => hearer() === 'one', SOON)
      two = await start('two', url)
      await vi.waitUntil(() => postgres.query(url, 'SELECT count(*) FROM baton.machine') === '2', SOON)
    }, 180_000)
    afterAll(async () => {
      await house?.close()
      await line?.close()
      await api?.close()
      postgres?.remove()
    })

    it('leaves the phone to the one that has it by then, says so once, and each message is handled once', async () => {
      let said = 0
      /** Each is answered by whichever machine handles it. */
      const writing = setInterval(() => anna.says(`/word${++said}`), 150)
      try {
        await expect.poll(() => toldOf('/word1.'), SOON).toBe(1)
        await line.cut()
        await expect.poll(() => toldOf('The shared database cannot be reached'), SOON).toBe(1)
        await expect.poll(hearer, SOON).toBe('two')
        await expect.poll(() => toldOf('it leaves the bot to that one'), SOON).toBe(1)
        const left = said
        // From here on one of them polls, and that is the one with the lease.
        const conflicts = api.callsTo('getUpdates').filter(({ status }) => status === 409).length
        await expect.poll(() => toldOf(`/word${left + 20}.`), SOON).toBe(1)
        expect(api.callsTo('getUpdates').filter(({ status }) => status === 409).length).toBe(conflicts)
        expect(await polls(one)).toBe(true)
        await line.mend()
        await expect.poll(() => toldOf('Runs are shared again: this machine is one'), SOON).toBe(1)
      } finally {
        clearInterval(writing)
      }
      // None is lost, and none is answered twice, also of those that both of them got.
      const answered = () => Array.from({ length: said }, (_, at) => toldOf(`/word${at + 1}.`))
      await expect.poll(() => answered().filter((times) => times === 0).length, SOON).toBe(0)
      expect(answered().filter((times) => times !== 1)).toEqual([])
      expect(toldOf('it leaves the bot to that one')).toBe(1)
      // It listens again as soon as it may.
      two.daemon.kill('SIGTERM')
      await expect.poll(hearer, SOON).toBe('one')
      anna.says('/last')
      await expect.poll(() => toldOf('/last.'), SOON).toBe(1)
    }, 180_000)

    it('keeps the phone where the database is away for all', async () => {
      await line.cut()
      await expect.poll(() => toldOf('The shared database cannot be reached'), SOON).toBe(2)
      // By then its lease is over.
      postgres.query(url, "UPDATE baton.hearer SET renewed = renewed - interval '1 minute'")
      anna.says('/alone')
      await expect.poll(() => toldOf('/alone.'), SOON).toBe(1)
      expect(toldOf('it leaves the bot to that one')).toBe(1)
    }, 120_000)
  },
)
