import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { ANNA, openRecordedHouse, type RecordedHouse, TEAM } from './recorded-house.ts'

// A platform with threads and reactions, where people talk with each other beside Baton.

let house: RecordedHouse

beforeEach(async () => {
  house = await openRecordedHouse(createRecordedTransport('slack', { hasThreads: true, finds: true }), { chatId: TEAM })
})
afterEach(() => house.end())

test('a run has a thread with what happens in it, what it hangs on follows silently, and asks are messages of their own', async () => {
  await house.recorded.says(house.chat, TEAM, '/start')
  await house.told('Claude asks')
  const root = house.find('0 of 1 done')
  expect(root).toMatchObject({ silent: true })
  expect(root?.thread).toBeUndefined()
  expect(root?.text).toContain('tasks')
  expect(house.find('Claude asks')?.thread).toBeUndefined()
  await house.recorded.taps(house.chat, TEAM, 'Green')
  await house.told('Run echo one > one.txt?')
  await house.recorded.taps(house.chat, TEAM, 'Allow')
  await house.told('All done')
  await expect.poll(() => house.recorded.seen(TEAM).find(({ id }) => id === root?.id)?.text).toContain('1 of 1 done')
  const thread = () => house.recorded.seen(TEAM).filter(({ thread }) => thread === root?.id)
  // The receipt of the task, and the end of the run, which is heard.
  await expect.poll(() => thread().at(-1)?.text).toContain('All done')
  const inThread = thread()
  expect(inThread.some(({ text, silent }) => text.includes('Colours') && silent)).toBe(true)
  expect(inThread.at(-1)).toMatchObject({ silent: false, text: expect.stringContaining('All done') })
  // One message a run, in this chat alone.
  expect(house.recorded.seen(TEAM).filter(({ text }) => text.startsWith('✅ All done'))).toHaveLength(1)
  expect(house.recorded.seen(ANNA).every(({ thread }) => thread === undefined)).toBe(true)
  expect(house.errors).toEqual([])
})

test('what is written in a thread is answered there, and the words in the thread of an ask are its answer', async () => {
  await house.recorded.hears(house.chat, TEAM, { kind: 'words', text: '/start' }, 'm000000', undefined)
  await house.told('Claude asks')
  const ask = house.find('Claude asks')
  const repliedTo = { messageId: ask?.id ?? '', isFromBot: true, buttons: [], isThread: true as const }
  await house.recorded.hears(house.chat, TEAM, { kind: 'words', text: '/status', repliedTo }, 'm900000', ask?.id)
  await house.told('1 · Colours')
  expect(house.recorded.seen(TEAM).findLast(({ text }) => text.includes('waiting'))?.thread).toBe(ask?.id)
  await house.recorded.hears(
    house.chat,
    TEAM,
    { kind: 'words', text: 'Blue', repliedTo, isOverheard: true },
    'm900001',
    ask?.id,
  )
  await house.told('Answered by Anna')
  expect(house.find('Answered by Anna')?.text).toContain('Blue')
})

test('people who talk with each other are left alone', async () => {
  await house.recorded.says(house.chat, TEAM, '/start')
  await house.told('Claude asks')
  const ask = house.find('Claude asks')
  const root = house.find('0 of 1 done')
  const before = house.recorded.seen(TEAM).length
  const overheard = (text: string, messageId?: string) => ({
    ...{ kind: 'words' as const, text, isOverheard: true as const },
    ...(messageId !== undefined && { repliedTo: { messageId, isFromBot: true, buttons: [], isThread: true as const } }),
  })
  await house.recorded.hears(house.chat, TEAM, overheard('yes'), 'm900000')
  await house.recorded.hears(house.chat, TEAM, overheard('yes', root?.id), 'm900001', root?.id)
  await house.recorded.hears(house.chat, TEAM, overheard('yes', 'm000000'), 'm900002', 'm000000')
  await house.recorded.taps(house.chat, TEAM, 'Green')
  await house.told('Answered by Anna')
  await house.told('Run echo one > one.txt?')
  // It is decided: what is said about it now is no answer.
  await house.recorded.hears(house.chat, TEAM, overheard('well done', ask?.id), 'm900003', ask?.id)
  const after = house.recorded.seen(TEAM).slice(before)
  expect(after.map(({ text }) => text.split('\n')[0])).toEqual([expect.stringContaining('Run echo one')])
  expect(house.errors).toEqual([])
})

test('a sign under the message of an ask that can be answered with yes or no is its answer, and nothing else', async () => {
  await house.recorded.says(house.chat, TEAM, '/start')
  await house.told('Claude asks')
  const react = (id: string | undefined, means: 'yes' | 'no') =>
    house.recorded.hears(house.chat, TEAM, { kind: 'reaction', means }, id ?? '')
  // A question has no yes; nor has a message that asks nothing, or one that nobody knows.
  await react(house.find('Claude asks')?.id, 'yes')
  await react(house.find('0 of 1 done')?.id, 'yes')
  await react('m777777', 'yes')
  expect(house.app.runner.api.view.openAsks()).toHaveLength(1)
  await house.recorded.taps(house.chat, TEAM, 'Green')
  await house.told('Run echo one > one.txt?')
  const permission = house.find('Run echo one > one.txt?')
  await react(permission?.id, 'no')
  await house.told('Denied by Anna')
  // What is decided stays so.
  await react(permission?.id, 'yes')
  await house.told('All done')
  expect(house.find('Denied by Anna')?.text).not.toContain('Allowed')
  expect(house.errors).toEqual([])
})

test('what was lost on its way back is found, and not sent again', async () => {
  house.recorded.fail('lost', 'send')
  // Looking for it fails, too, at first.
  house.recorded.fail('unreached', 'find')
  await house.recorded.says(house.chat, TEAM, '/status')
  await house.told('Nothing is running')
  await house.recorded.says(house.chat, TEAM, '/tasks')
  await house.told('Nothing has run yet')
  expect(house.recorded.seen(TEAM).filter(({ text }) => text.includes('Nothing is running'))).toHaveLength(1)
  expect(house.recorded.seen(TEAM).some(({ text }) => text.includes('Sent again'))).toBe(false)
  const keys = house.recorded.seen(TEAM).flatMap(({ key }) => key ?? [])
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.every((key) => /^[0-9a-f]{24}$/.test(key))).toBe(true)
})

test('a sign that comes before it is known which message an ask is waits for that', async () => {
  await house.recorded.says(house.chat, TEAM, '/start')
  await house.told('Claude asks')
  // The next post is the ask: it arrives, and the answer that says so does not.
  house.recorded.fail('lost', 'send')
  await house.recorded.taps(house.chat, TEAM, 'Green')
  await house.told('Run echo one > one.txt?')
  await house.recorded.hears(
    house.chat,
    TEAM,
    { kind: 'reaction', means: 'yes' },
    house.find('Run echo one > one.txt?')?.id ?? '',
  )
  await house.told('Allowed by Anna')
})
