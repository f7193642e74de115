import { expect, test } from 'vitest'
import { snoozeUntil } from '../../src/daemon/commands/snooze-until.ts'

const at = (text: string) => Date.parse(text)
const said = (words: string, now: string, zone = 'UTC') => {
  const until = snoozeUntil(words, at(now), zone)
  return until === undefined ? undefined : new Date(until).toISOString().slice(0, 16)
}

test.each([
  ['', '2026-11-26T12:00:30Z', '2026-11-26T12:30'],
  ['45 min', '2026-11-26T12:00Z', '2026-11-26T12:45'],
  ['2h', '2026-11-26T12:00Z', '2026-11-26T14:00'],
  ['Tonight', '2026-11-26T12:34Z', '2026-11-26T20:00'],
  ['tonight', '2026-11-26T20:30Z', '2026-11-26T23:00'],
  ['tonight', '2026-11-26T23:30Z', '2026-11-27T00:30'],
  ['tomorrow', '2026-11-26T00:10Z', '2026-11-27T08:00'],
  ['tomorrow', '2026-12-31T23:59Z', '2027-01-01T08:00'],
])('%s at %s is %s', (words, now, until) => {
  expect(said(words, now)).toBe(until)
})

test('hours are those of the zone, and what is no time is none', () => {
  expect(said('tonight', '2026-11-26T12:00Z', 'America/New_York')).toBe('2026-11-27T01:00')
  expect(said('tomorrow', '2026-11-26T12:00Z', 'Pacific/Auckland')).toBe('2026-11-27T19:00')
  for (const words of ['soon', '0m', '-5m', '31d', '99999h', '1e3m'])
    expect(said(words, '2026-11-26T12:00Z')).toBeUndefined()
})
