import { expect, test } from 'vitest'
import { createDaily, type DailyKind } from '../../src/schedule/daily.ts'
import { at, createClock, createMemory } from './house.ts'

const HOUR = 3_600_000

function house(start: string) {
  const memory = createMemory()
  const clock = createClock(at(start))
  const sent: string[] = []
  const errors: unknown[] = []
  const open = (more: Partial<Parameters<typeof createDaily<string>>[0]> = {}) => {
    const daily = createDaily<string>({
      minutes: { morningMinute: 8 * 60, eveningMinute: 18 * 60 + 30 },
      timezone: 'Europe/Berlin',
      meta: memory,
      now: clock.now,
      timer: clock.timer,
      compose: async (kind: DailyKind, day: string) => `${kind} of ${day}`,
      send: (_, message) => sent.push(message),
      onError: (error) => errors.push(error),
      ...more,
    })
    daily.start()
    return daily
  }
  return { memory, clock, sent, errors, open }
}

test('says good morning and good evening once a day, over restarts', async () => {
  const { clock, sent, open } = house('2026-11-22T05:00Z')
  const daily = open()
  expect(daily.next().map(({ kind, at }) => `${kind} ${new Date(at).toISOString()}`)).toEqual([
    'morning 2026-11-22T07:00:00.000Z',
    'evening 2026-11-22T17:30:00.000Z',
  ])
  await clock.pass(3 * HOUR)
  expect(sent).toEqual(['morning of 2026-11-22'])
  await daily.stop()
  const again = open()
  await clock.pass(12 * HOUR)
  expect(sent).toEqual(['morning of 2026-11-22', 'evening of 2026-11-22'])
  await again.stop()
})

test('is still said a while after a sleep, and left out after a long one', async () => {
  const { clock, sent, open } = house('2026-11-22T05:00Z')
  const daily = open()
  await clock.jump(at('2026-11-22T09:30Z'))
  expect(sent).toEqual(['morning of 2026-11-22'])
  await clock.jump(at('2026-11-23T11:00Z'))
  expect(sent).toEqual(['morning of 2026-11-22'])
  await daily.stop()
})

test('is said on the days on which the clocks change', async () => {
  const { clock, sent, open } = house('2026-03-28T12:00Z')
  const daily = open({ minutes: { morningMinute: 2 * 60 + 30 } })
  await clock.pass(48 * HOUR)
  await clock.jump(at('2026-10-24T12:00Z'))
  await clock.pass(36 * HOUR)
  expect(sent).toEqual(['morning of 2026-03-29', 'morning of 2026-03-30', 'morning of 2026-10-25'])
  await daily.stop()
})

test('what could not be composed or stored is tried again', async () => {
  const { clock, sent, errors, open } = house('2026-11-22T06:59:59Z')
  let broken = 2
  const daily = open({
    send: (_, message) => {
      if (broken-- > 0) throw new Error('the disk is full')
      sent.push(message)
    },
  })
  await clock.pass(120_000)
  expect(sent).toEqual(['morning of 2026-11-22'])
  expect(errors).toHaveLength(2)
  await daily.stop()
})

test('without times there is nothing to do', async () => {
  const { clock, open, memory } = house('2026-11-22T06:00Z')
  const daily = open({ minutes: {} })
  await clock.pass(24 * HOUR)
  expect([daily.next(), memory.rows.size]).toEqual([[], 0])
  await daily.stop()
})
