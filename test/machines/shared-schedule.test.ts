import { describe, expect, it, onTestFinished } from 'vitest'
import type { Command } from '../../src/core/commands/commands.ts'
import type { Reply } from '../../src/core/inputs.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { at, createClock } from '../schedule/house.ts'
import { noPostgres } from '../support/postgres.ts'
import { postgresOfTests } from './databases.ts'
import { passFor, sourceMachine } from './source-machine.ts'

const HOUR = 3_600_000

describe.skipIf(noPostgres !== undefined)(
  `a schedule that two machines have${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    const postgres = postgresOfTests()

    /** A machine whose schedule starts the project's files at eight each day. */
    const machine = async (
      url: string,
      name: string,
      answer = async (): Promise<Reply> => ({ ok: true, text: '' }),
    ) => {
      const one = await sourceMachine(postgres, url, name)
      const clock = createClock(at('2026-11-22T07:00Z'))
      const started: Command[] = []
      const notes: string[] = []
      const schedule = createSchedule({
        entries: [{ cron: '0 8 * * *', project: 'main', autoApprove: false, timezone: 'UTC', catchUpMs: HOUR }],
        ...{ home: one.home.dir, meta: one.store.kept, share: one.share, now: clock.now, timer: clock.timer },
        api: {
          submit: (command) => {
            started.push(command)
            return answer()
          },
        },
        note: (text) => void notes.push(text),
        onError: (error) => {
          throw error
        },
      })
      schedule.start()
      onTestFinished(() => schedule.stop())
      await clock.settle()
      return { ...one, clock, started, notes }
    }
    const rounds = async (...all: { round: () => Promise<void> }[]) => {
      for (const { round } of all) await round()
    }

    it('starts once what is due, and on the other machine when the one that started it is gone', async () => {
      const url = postgres.createDatabase()
      const one = await machine(url, 'one')
      const two = await machine(url, 'two')
      await rounds(one, two)
      for (const { clock } of [one, two]) await clock.pass(2 * HOUR)
      await expect.poll(() => one.started).toHaveLength(1)
      await rounds(one, two)
      expect(two.started).toEqual([])
      passFor(postgres, url, 16)
      await rounds(two)
      await two.clock.settle()
      // What was started there is neither started nor missed here.
      expect([two.started, two.notes]).toEqual([[], []])
      for (const { clock } of [one, two]) await clock.pass(24 * HOUR)
      await rounds(one, two)
      await expect.poll(() => two.started).toHaveLength(1)
      expect([one.started.length, one.notes, two.notes]).toEqual([1, [], []])
      // It comes due while nobody is there to start it, and is made up for.
      for (const { clock } of [one, two]) await clock.pass(22 * HOUR + 100)
      passFor(postgres, url, 16)
      await rounds(one)
      for (const { clock } of [one, two]) await clock.pass(HOUR)
      await expect.poll(() => one.started).toHaveLength(2)
      expect(two.started).toHaveLength(1)
    })

    it('is not started a second time where nobody knows whether it was, and that is said', async () => {
      const url = postgres.createDatabase()
      // Killed before it heard that it was started.
      const answered = Promise.withResolvers<Reply>()
      const one = await machine(url, 'one', () => answered.promise)
      const two = await machine(url, 'two')
      await rounds(one, two)
      for (const { clock } of [one, two]) await clock.pass(2 * HOUR)
      await expect.poll(() => one.started).toHaveLength(1)
      passFor(postgres, url, 16)
      await rounds(two)
      await two.clock.settle()
      expect(two.started).toEqual([])
      expect(two.notes).toEqual([
        'Nobody knows whether the start of 2026-11-22 08:00 (0 8 * * *) happened: one, which was about to start it, is gone. Start it yourself where it did not.',
      ])
      answered.resolve({ ok: true, text: '' })
    })

    it('starts nothing of which the others could not know', async () => {
      const url = postgres.createDatabase()
      const one = await machine(url, 'one')
      await rounds(one)
      const away = { ...one.leases, note: () => Promise.reject(new Error('away')) }
      await one.sources.round(away, () => undefined).catch(() => undefined)
      await one.clock.pass(HOUR + 60_000)
      expect(one.started).toEqual([])
      await rounds(one)
      await one.clock.pass(20_000)
      await expect.poll(() => one.started).toHaveLength(1)
    })
  },
)
