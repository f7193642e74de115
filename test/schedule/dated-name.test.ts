import { expect, test } from 'vitest'
import { datedName, dayIn } from '../../src/schedule/dated-name.ts'
import { at } from './house.ts'

const noon = at('2026-11-22T12:05:00Z')

test.each([
  ['tasks/{yyyy-MM-dd}.md', 'tasks/2026-11-22.md'],
  ['tasks/{yyyy}/{MM}/{dd}.md', 'tasks/2026/11/22.md'],
  ['tasks/{yyyy/MM/dd}.md', 'tasks/2026/11/22.md'],
  ['{yy}{MM}{d} {HH:mm}', '261122 12:05'],
  ['tasks/{EEEE}.md', 'tasks/Sunday.md'],
  ['tasks/{EEE}-{ww}.md', 'tasks/Sun-47.md'],
  ['tasks/{web,api}.md', 'tasks/{web,api}.md'],
  ['tasks/{yyyy-MM-dd,today}.md', 'tasks/{yyyy-MM-dd,today}.md'],
  ['tasks/{a..c}.md', 'tasks/{a..c}.md'],
  ['tasks/{}.md', 'tasks/{}.md'],
  ['tasks/{-}.md', 'tasks/{-}.md'],
  ['tasks/plain.md', 'tasks/plain.md'],
])('fills %s', (pattern, expected) => {
  expect(datedName(pattern, noon, 'UTC')).toBe(expected)
})

test('the date is the one in the time zone', () => {
  const late = at('2026-11-22T23:30:00Z')
  expect(dayIn(late, 'Europe/Berlin')).toBe('2026-11-23')
  expect(dayIn(late, 'America/New_York')).toBe('2026-11-22')
  expect(datedName('{HH}', at('2026-11-22T23:00:00Z'), 'Europe/Berlin')).toBe('00')
})

test('weeks are those of the ISO calendar', () => {
  expect(datedName('{ww}', at('2027-01-01T12:00:00Z'), 'UTC')).toBe('53')
  expect(datedName('{ww}', at('2026-01-01T12:00:00Z'), 'UTC')).toBe('01')
  expect(datedName('{ww}', at('2024-12-30T12:00:00Z'), 'UTC')).toBe('01')
})
