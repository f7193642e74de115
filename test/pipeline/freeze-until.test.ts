import { expect, test } from 'vitest'
import { readFreezeWords } from '../../src/pipeline/freeze-until.ts'

/** A Saturday, 13:00 in Berlin. */
const NOW = Date.parse('2026-11-28T12:00:00Z')
const read = (said: string, timezone: string | undefined = 'Europe/Berlin') => {
  const { until, why } = readFreezeWords(said.split(' ').filter(Boolean), NOW, timezone)
  return [until === undefined ? undefined : new Date(until).toISOString().slice(0, 16), why]
}

test.each([
  ['', undefined, ''],
  ['the fair is on', undefined, 'the fair is on'],
  ['until the fair is over', undefined, 'until the fair is over'],
  ['2h', '2026-11-28T14:00', ''],
  ['1h30m the fair', '2026-11-28T13:30', 'the fair'],
  ['for 2h the fair', '2026-11-28T14:00', 'the fair'],
  ['18:00 the fair', '2026-11-28T17:00', 'the fair'],
  ['until 9:30', '2026-11-29T08:30', ''],
  ['until tomorrow', '2026-11-28T23:00', ''],
  ['till Monday a new week', '2026-11-29T23:00', 'a new week'],
  ['2026-12-24 Christmas', '2026-12-23T23:00', 'Christmas'],
  ['until 2026-12-24 18:00 Christmas', '2026-12-24T17:00', 'Christmas'],
  ['2026-12-24T18:00 Christmas', '2026-12-24T17:00', 'Christmas'],
  ['2026-12-24T18:00:00Z', '2026-12-24T18:00', ''],
  ['2026-12-24T18:00+05:00', '2026-12-24T13:00', ''],
  ['2026-13-24 odd', undefined, '2026-13-24 odd'],
  ['25:00 odd', undefined, '25:00 odd'],
])('freeze production %s', (said, until, why) => {
  expect(read(said)).toEqual([until, why])
})

test('a day that has passed is not read as a reason', () => {
  expect(read('2026-11-01 late')).toEqual(['2026-10-31T23:00', 'late'])
})
