import { expect, it } from 'vitest'
import { createClosedChats } from '../../src/chat/closed-chats.ts'
import { type Occasion, sounding } from '../../src/chat/sound.ts'

const message = { body: ['x'], silent: false }
const occasions: Occasion[] = ['needed', 'run-end', 'task-end', 'news']
const config = (sound: 'needed' | 'ends' | 'all') => ({ sound, remindAfterMs: 0, progressMs: 0 })

const loud = (
  sound: 'needed' | 'ends' | 'all',
  { chat = 'anna', quiet = false, blocked = [] as string[], chats = ['anna', 'ben', 'team'] } = {},
) => {
  const closed = createClosedChats()
  for (const each of blocked) closed.close(each)
  const sound_ = sounding({ config: config(sound), chats, groups: ['team'] }, 'slack', closed, () => quiet)
  return occasions.filter((occasion) => !sound_(message, occasion, chat).silent)
}

it('sounds for what is needed and the end of a run, unless more is wanted', () => {
  expect(loud('needed')).toEqual(['needed', 'run-end'])
  expect(loud('ends')).toEqual(['needed', 'run-end', 'task-end'])
  expect(loud('all')).toEqual(occasions)
})

it('is heard once by everybody: a group is silent while each has a chat of their own that takes messages', () => {
  expect(loud('needed', { chat: 'team' })).toEqual([])
  expect(loud('needed', { chat: 'team', blocked: ['ben'] })).toEqual(['needed', 'run-end'])
  expect(loud('needed', { chat: 'team', chats: ['team'] })).toEqual(['needed', 'run-end'])
})

it('is silent in quiet hours', () => {
  expect(loud('all', { quiet: true })).toEqual([])
})
