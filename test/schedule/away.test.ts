import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAway } from '../../src/schedule/away.ts'
import { at, createClock, createMemory } from './house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let memory: ReturnType<typeof createMemory>
let notes: string[]
let open: { stop: () => Promise<void> }[]
beforeEach(() => {
  memory = createMemory()
  notes = []
  open = []
})
afterEach(() => Promise.all(open.map((away) => away.stop())))

/** A life of the daemon that begins at that time. */
const live = async (since: string) => {
  const clock = createClock(at(since))
  const away = createAway({
    kept: memory,
    note: (text) => void notes.push(text),
    queue: 'main',
    timezone: 'Europe/Berlin',
    now: clock.now,
    timer: clock.timer,
    onError: (error) => {
      throw error
    },
  })
  open.push(away)
  away.start()
  await clock.settle()
  return { clock, away }
}

test('a daemon that was killed says at the next start from when to when it was away, once', async () => {
  const { clock } = await live('2026-11-21T20:00Z')
  await clock.pass(70 * MINUTE)
  await clock.settle()
  const next = await live('2026-11-22T06:05Z')
  await next.clock.pass(HOUR)
  expect(notes).toEqual(['Baton was not running from 22:10 to 07:05 (8 h 55 min).'])
})

test('a machine that slept says so when it wakes, with the day where it was long', async () => {
  const { clock } = await live('2026-11-21T20:00Z')
  await clock.pass(10 * MINUTE)
  await clock.jump(at('2026-11-24T06:00Z'))
  await clock.pass(HOUR)
  expect(notes).toEqual(['Baton was not running from 2026-11-21 21:10 to 2026-11-24 07:00 (2 d 9 h).'])
})

test('nothing is said of a short absence, of one that somebody wanted, of the first start, and of a clock that goes back', async () => {
  const first = await live('2026-11-21T20:00Z')
  await first.clock.pass(5 * MINUTE)
  const second = await live('2026-11-21T20:12Z')
  await second.clock.pass(MINUTE)
  await second.away.stop()
  const third = await live('2026-11-25T20:00Z')
  await third.clock.jump(at('2026-11-20T20:00Z'))
  await third.clock.pass(HOUR)
  expect(notes).toEqual([])
})
