import { expect, test } from 'vitest'
import { hearingOf, readAccount } from '../../src/core/people.ts'

test('reads accounts, and nothing else', () => {
  expect(readAccount('telegram:42')).toEqual({ surface: 'telegram', id: '42' })
  for (const wrong of ['anna', 'telegram:@anna', 'telegram:', 'terminal:1', '', 'constructor:1'])
    expect(readAccount(wrong), wrong).toBeUndefined()
})

test('who has several accounts hears things on one of them', () => {
  const accounts = [
    { surface: 'telegram', id: '42' },
    { surface: 'slack', id: 'U42' },
  ] as const
  const people = [{ accounts, hears: 'slack', sound: 'ends' }] as const
  expect(hearingOf(people, 'telegram', '42')).toEqual({ isElsewhere: true, sound: 'ends' })
  expect(hearingOf(people, 'slack', 'U42')).toEqual({ isElsewhere: false, sound: 'ends' })
  expect(hearingOf(people, 'slack', 'U43')).toEqual({ isElsewhere: false })
})
