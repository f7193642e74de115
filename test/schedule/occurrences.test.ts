import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { occurrencesOf } from '../../src/schedule/occurrences.ts'
import { at } from './house.ts'

const berlin = (cron: string, from: string, to: string): string[] => {
  const { next } = occurrencesOf(cron, 'Europe/Berlin')
  const found: string[] = []
  for (let t = next(at(from)); t !== undefined && t < at(to); t = next(t)) found.push(new Date(t).toISOString())
  return found
}

describe('over the changes of the clocks in Berlin', () => {
  test('a time that the spring leaves out happens right after the gap', () => {
    expect(berlin('30 2 * * *', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })
  test('a time that the autumn repeats happens once', () => {
    expect(berlin('30 2 * * *', '2026-10-24T12:00Z', '2026-10-27T00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })
  test('the same holds for a list of hours', () => {
    expect(berlin('30 2,14 * * *', '2026-03-28T23:00Z', '2026-03-29T23:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T12:30:00.000Z',
    ])
    expect(berlin('30 2,14 * * *', '2026-10-24T23:00Z', '2026-10-25T23:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T13:30:00.000Z',
    ])
  })
  test('eight in the morning stays eight in the morning', () => {
    expect(berlin('0 8 * * *', '2026-03-28T00:00Z', '2026-03-30T23:00Z').map((t) => t.slice(11, 16))).toEqual([
      '07:00',
      '06:00',
      '06:00',
    ])
  })
  test('every half hour goes on every half hour, 46 and 50 times a day', () => {
    expect(berlin('*/30 * * * *', '2026-03-28T22:59Z', '2026-03-29T22:00Z')).toHaveLength(46)
    expect(berlin('*/30 * * * *', '2026-10-24T21:59Z', '2026-10-25T23:00Z')).toHaveLength(50)
  })
})

test('the latest is the one before the next, wherever one looks', () => {
  const crons = ['* * * * *', '*/7 * * * *', '30 2 * * *', '0 8 * * 1-5', '15 2,14 * * *', '0 12 1 * *', '59 23 L * *']
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']
  const moment = fc.oneof(
    fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-12-31T00:00Z') }),
    fc.integer({ min: at('2026-03-28T22:00Z'), max: at('2026-03-29T06:00Z') }),
    fc.integer({ min: at('2026-10-24T20:00Z'), max: at('2026-10-25T06:00Z') }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...crons), fc.constantFrom(...zones), moment, (cron, zone, t) => {
      const { next, latest } = occurrencesOf(cron, zone)
      const before = latest(t) as number
      const after = next(t) as number
      expect(before).toBeLessThanOrEqual(t)
      expect(after).toBeGreaterThan(t)
      expect(next(before)).toBe(after)
      expect(latest(after)).toBe(after)
      expect(latest(after - 1)).toBe(before)
    }),
    { numRuns: 300 },
  )
})

test('a pattern that never comes has neither', () => {
  const never = occurrencesOf('0 0 30 2 *')
  expect([never.next(0), never.latest(at('2026-11-22T00:00Z'))]).toEqual([undefined, undefined])
})
