import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseClock } from '../../src/config/kinds.ts'
import { nearest } from '../../src/config/nearest.ts'
import { parseDuration } from '../../src/text/durations.ts'

test.each([
  ['90s', 90_000],
  ['20m', 1_200_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1h 30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['0', 0],
  ['20', undefined],
  ['m', undefined],
  ['-1s', undefined],
  ['1 hour', undefined],
  ['', undefined],
  ['9999999999999999d', undefined],
])('%j is %j milliseconds', (written, ms) => {
  expect(parseDuration(written)).toBe(ms)
})

test('joined parts add up', () => {
  fc.assert(
    fc.property(fc.nat(48), fc.nat(600), fc.nat(600), (hours, minutes, seconds) => {
      expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(((hours * 60 + minutes) * 60 + seconds) * 1000)
    }),
  )
})

test('times of day are minutes after midnight', () => {
  expect(['00:00', '7:30', '23:59', '24:00', '7', '07:60'].map(parseClock)).toEqual([
    0,
    450,
    1439,
    undefined,
    undefined,
    undefined,
  ])
})

test('the nearest word is one that is near', () => {
  const words = ['order', 'on_failure', 'retries']
  expect(['ordr', 'onFailure', 'ON-FAILURE', 'retrys', 'colour', ''].map((word) => nearest(word, words))).toEqual([
    'order',
    'on_failure',
    'on_failure',
    'retries',
    undefined,
    undefined,
  ])
})
