import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { look, nextDue, ON_TIME_MS } from '../../src/schedule/due.ts'
import { occurrencesOf } from '../../src/schedule/occurrences.ts'
import { type Passed, seenFirst } from '../../src/schedule/passed.ts'
import { at } from './house.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('an entry at eight every day', () => {
  const eight = occurrencesOf('0 8 * * *', 'UTC')
  const seen = seenFirst(at('2026-11-20T12:00Z'))

  test('is due at eight, and then is over', () => {
    expect(look(seen, eight, at('2026-11-21T07:59:59Z'), 0).due).toBeUndefined()
    const { due, passed } = look(seen, eight, at('2026-11-21T08:00:00Z'), 0)
    expect(due).toBe(at('2026-11-21T08:00Z'))
    expect(look(passed, eight, at('2026-11-21T08:00:20Z'), 0).due).toBeUndefined()
  })
  test('missed nothing before it was seen first', () => {
    expect(look(seenFirst(at('2026-11-21T09:00Z')), eight, at('2026-11-21T09:01Z'), DAY).due).toBeUndefined()
  })
  test('is made up for within catch_up and let go after', () => {
    const late = at('2026-11-21T11:00Z')
    expect(look(seen, eight, late, 4 * HOUR).due).toBe(at('2026-11-21T08:00Z'))
    const { due, missed, passed } = look(seen, eight, late, 2 * HOUR)
    expect([due, missed]).toEqual([undefined, at('2026-11-21T08:00Z')])
    expect(look(passed, eight, late, 2 * HOUR)).toEqual({ passed })
    expect(look(passed, eight, late, 4 * HOUR).due).toBeUndefined()
  })
  test('with a catch_up of 0 allows for a late timer and nothing more', () => {
    expect(look(seen, eight, at('2026-11-21T08:00:59Z'), 0).due).toBeDefined()
    expect(look(seen, eight, at('2026-11-21T08:01:01Z'), 0).due).toBeUndefined()
  })
  test('of many missed ones only the latest is made up for', () => {
    const { due, passed } = look(seen, eight, at('2026-12-01T09:00Z'), 30 * DAY)
    expect(due).toBe(at('2026-12-01T08:00Z'))
    expect(look(passed, eight, at('2026-12-01T10:00Z'), 30 * DAY).due).toBeUndefined()
  })
  test('a clock that goes back starts nothing, and eight does not start a second time', () => {
    let { passed } = look(seen, eight, at('2026-11-21T08:00Z'), DAY)
    const back = look(passed, eight, at('2026-11-21T07:00Z'), DAY)
    expect(back.due).toBeUndefined()
    ;({ passed } = back)
    expect(look(passed, eight, at('2026-11-21T08:00Z'), DAY).due).toBeUndefined()
    expect(nextDue(passed, eight, at('2026-11-21T07:00Z'))).toBe(at('2026-11-22T08:00Z'))
  })
  test('a clock that was 40 days ahead for a while does not silence the days between', () => {
    let passed: Passed = look(seen, eight, at('2026-12-31T08:00Z'), 0).passed
    passed = look(passed, eight, at('2026-11-21T07:00Z'), 0).passed
    const starts: number[] = []
    for (let t = at('2026-11-21T07:00Z'); t < at('2027-01-02T00:00Z'); t = (eight.next(t) as number) + 5_000) {
      const looked = look(passed, eight, t, 0)
      passed = looked.passed
      if (looked.due !== undefined) starts.push(looked.due)
    }
    expect(starts).toHaveLength(41)
    expect(starts).not.toContain(at('2026-12-31T08:00Z'))
    expect(passed.started).toHaveLength(2)
  })
})

test('what was only passed over while the clock was wrong still starts when its day comes', () => {
  const eight = occurrencesOf('0 8 * * *', 'UTC')
  let { passed } = look(seenFirst(at('2026-11-20T12:00Z')), eight, at('2026-11-21T08:00Z'), 0)
  ;({ passed } = look(passed, eight, at('2026-12-01T08:00Z'), 0))
  ;({ passed } = look(passed, eight, at('2026-11-22T07:00Z'), 0))
  expect(look(passed, eight, at('2026-11-22T08:00Z'), 0).due).toBe(at('2026-11-22T08:00Z'))
})

test('a clock that is set to and fro without end does not fill the store, and still starts nothing twice', () => {
  const hourly = occurrencesOf('0 * * * *', 'UTC')
  let passed = seenFirst(at('2026-01-01T00:30Z'))
  const started: number[] = []
  for (let i = 0; i < 300; i++) {
    const looked = look(passed, hourly, at('2026-01-01T00:00Z') + ((i * 37) % 211) * 5 * HOUR, 0)
    passed = looked.passed
    if (looked.due !== undefined) started.push(looked.due)
  }
  expect(new Set(started).size).toBe(started.length)
  expect(started.length).toBeGreaterThan(100)
  expect(passed.started.length).toBeLessThanOrEqual(50)
})

test('whatever becomes of the clock, nothing starts twice, too late or before its time, and after that all is as ever', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3 * HOUR }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -7 * DAY, max: 40 * DAY }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('down' as const), ms: fc.integer({ min: 0, max: 3 * DAY }) }) },
  )
  const crons = fc.constantFrom('0 8 * * *', '30 2 * * *', '*/20 * * * *', '0 0 * * 1', '15 2,14 * * *')
  const catchUps = fc.constantFrom(0, HOUR, 12 * HOUR, Number.MAX_SAFE_INTEGER)
  fc.assert(
    fc.property(crons, catchUps, fc.array(step, { maxLength: 25 }), (cron, catchUpMs, steps) => {
      const occurrences = occurrencesOf(cron, 'Europe/Berlin')
      let now = at('2026-10-24T18:00Z')
      let passed = seenFirst(now)
      const started = new Set<number>()
      const visit = () => {
        const looked = look(JSON.parse(JSON.stringify(passed)), occurrences, now, catchUpMs)
        passed = looked.passed
        const { due } = looked
        if (due === undefined) return
        expect(started).not.toContain(due)
        expect(due).toBeLessThanOrEqual(now)
        expect(now - due).toBeLessThanOrEqual(Math.max(ON_TIME_MS, catchUpMs))
        started.add(due)
      }
      // Timers ring up to half a minute late.
      const pass = (ms: number) => {
        for (const end = now + ms; now < end; visit())
          now = Math.min(end, (occurrences.next(now) ?? end) + (now % 30_000))
      }
      for (const { do: what, ms } of steps) {
        if (what === 'pass') pass(ms)
        else {
          const before = started.size
          now += ms
          visit()
          // Of what a sleep or a jump passed over at most one is made up for, and a way back starts nothing.
          expect(started.size - before).toBeLessThanOrEqual(ms < 0 ? 0 : 1)
        }
      }
      visit()
      const settled = now
      const due = new Set<number>()
      for (let t = occurrences.next(settled); t !== undefined && t < settled + 2 * DAY; t = occurrences.next(t))
        due.add(t)
      pass(2 * DAY + HOUR)
      expect([...due].filter((t) => !started.has(t))).toEqual([])
    }),
    { numRuns: 60 },
  )
})
