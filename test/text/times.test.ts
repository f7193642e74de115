import { expect, test } from 'vitest'
import { minuteInZone } from '../../src/text/times.ts'

test('A moment is shown in the zone that is asked for, whichever was asked for before', () => {
  const at = Date.UTC(2026, 10, 21, 23, 30)
  for (let i = 0; i < 2; i++) {
    expect(minuteInZone(at, 'Europe/Berlin')).toBe('2026-11-22 00:30')
    expect(minuteInZone(at, 'America/New_York')).toBe('2026-11-21 18:30')
  }
})

test('UTC, which needs no calendar, is told like every other zone', () => {
  const moments = [Date.UTC(1970, 0, 1), Date.UTC(2026, 1, 3, 4, 5, 59, 999), Date.UTC(2028, 1, 29, 23, 59)]
  for (const at of moments) expect(minuteInZone(at, 'UTC')).toBe(minuteInZone(at, 'Etc/UTC'))
})
