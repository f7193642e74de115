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
  const open = () => true
  expect(hearingOf(people, { surface: 'telegram', id: '42' }, open)).toEqual({ isElsewhere: true, sound: 'ends' })
  expect(hearingOf(people, { surface: 'slack', id: 'U42' }, open)).toEqual({ isElsewhere: false, sound: 'ends' })
  expect(hearingOf(people, { surface: 'slack', id: 'U43' }, open)).toEqual({ isElsewhere: false })
  // Baton is not on Slack, or tells them nothing there: they hear it where they are told.
  const onTelegram = ({ surface }: { surface: string }) => surface === 'telegram'
  expect(hearingOf(people, { surface: 'telegram', id: '42' }, onTelegram)).toMatchObject({ isElsewhere: false })
  expect(hearingOf(people, { surface: 'telegram', id: '42' }, () => false)).toMatchObject({ isElsewhere: false })
})
