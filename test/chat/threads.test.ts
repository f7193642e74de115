import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../../src/app/open-app.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { readConfig } from '../../src/config/read.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'

// A platform with threads and reactions, where people talk with each other beside Baton.

const REHEARSAL = join(import.meta.dirname, '../../bin/rehearsal.js')
const ANNA = 'room-anna'
const TEAM = 'group-1'
const TASKS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: bash echo one > one.txt
`

type House = Exclude<OpenedApp, { holder: unknown }>
let home: Home
let app: House
let recorded: ReturnType<typeof createRecordedTransport>
let chat: Chat
const errors: unknown[] = []
const log = {
  info: () => {},
  warn: (_: object, text: string) => warned.push(text),
  error: (fields: object) => errors.push(fields),
}
const warned: string[] = []

const open = async (transport = recorded.transport) => {
  const read = await readConfig({ home: home.dir, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config } = read
  config.projects[0].claude.command = [process.execPath, REHEARSAL]
  config.chat.progressMs = 100
  config.timezone = 'UTC'
  const opened = await openApp({
    config,
    secretValues: ['correct-horse-battery'],
    kind: 'daemon',
    attended: true,
    env: { PATH: process.env.PATH, HOME: home.dir, CLAUDE_CONFIG_DIR: join(home.dir, 'sessions') },
    onTrouble: (text) => errors.push(text),
    onError: (error) => errors.push(error),
  })
  if ('holder' in opened) throw new Error('held')
  app = opened
  // Its chats are known already, and not greeted.
  app.store.setMeta('slack:since', 0)
  chat = openChat(transport, { config, app, redact: redactor(['correct-horse-battery']), log }, { chats: [ANNA, TEAM] })
  chat.start()
  app.runner.begin()
}
const close = async () => {
  await chat.stop()
  await app.runner.stop()
}
const find = (words: string) => recorded.seen(TEAM).findLast(({ text, byPerson }) => !byPerson && text.includes(words))
const told = (words: string) =>
  expect
    .poll(() => find(words) ?? recorded.seen(TEAM).map(({ text }) => text), { interval: 20 })
    .toMatchObject({ text: expect.stringContaining(words) })

beforeEach(async () => {
  home = createHome(TASKS)
  recorded = createRecordedTransport('slack', { hasThreads: true, finds: true })
  errors.length = 0
  warned.length = 0
  await open()
})
afterEach(async () => {
  await close()
  home.remove()
})

test('a run has a thread with what happens in it, what it hangs on follows silently, and asks are messages of their own', async () => {
  await recorded.says(chat, TEAM, '/start')
  await told('Claude asks')
  const root = find('0 of 1 done')
  expect(root).toMatchObject({ silent: true })
  expect(root?.thread).toBeUndefined()
  expect(root?.text).toContain('tasks')
  expect(find('Claude asks')?.thread).toBeUndefined()
  await recorded.taps(chat, TEAM, 'Green')
  await told('Run echo one > one.txt?')
  await recorded.taps(chat, TEAM, 'Allow')
  await told('All done')
  await expect.poll(() => recorded.seen(TEAM).find(({ id }) => id === root?.id)?.text).toContain('1 of 1 done')
  const inThread = recorded.seen(TEAM).filter(({ thread }) => thread === root?.id)
  // The receipt of the task, and the end of the run, which is heard.
  expect(inThread.some(({ text, silent }) => text.includes('Colours') && silent)).toBe(true)
  expect(inThread.at(-1)).toMatchObject({ silent: false, text: expect.stringContaining('All done') })
  // One message a run, in this chat alone.
  expect(recorded.seen(TEAM).filter(({ text }) => text.startsWith('✅ All done'))).toHaveLength(1)
  expect(recorded.seen(ANNA).every(({ thread }) => thread === undefined)).toBe(true)
  expect(errors).toEqual([])
})

test('what is written in a thread is answered there, and the words in the thread of an ask are its answer', async () => {
  await recorded.hears(chat, TEAM, { kind: 'words', text: '/start' }, 'm000000', undefined)
  await told('Claude asks')
  const ask = find('Claude asks')
  const repliedTo = { messageId: ask?.id ?? '', isFromBot: true, buttons: [], isThread: true as const }
  await recorded.hears(chat, TEAM, { kind: 'words', text: '/status', repliedTo }, 'm900000', ask?.id)
  await told('1 · Colours')
  expect(recorded.seen(TEAM).findLast(({ text }) => text.includes('waiting'))?.thread).toBe(ask?.id)
  await recorded.hears(chat, TEAM, { kind: 'words', text: 'Blue', repliedTo, isOverheard: true }, 'm900001', ask?.id)
  await told('Answered by Anna')
  expect(find('Answered by Anna')?.text).toContain('Blue')
})

test('people who talk with each other are left alone', async () => {
  await recorded.says(chat, TEAM, '/start')
  await told('Claude asks')
  const ask = find('Claude asks')
  const root = find('0 of 1 done')
  const before = recorded.seen(TEAM).length
  const overheard = (text: string, messageId?: string) => ({
    ...{ kind: 'words' as const, text, isOverheard: true as const },
    ...(messageId !== undefined && { repliedTo: { messageId, isFromBot: true, buttons: [], isThread: true as const } }),
  })
  await recorded.hears(chat, TEAM, overheard('yes'), 'm900000')
  await recorded.hears(chat, TEAM, overheard('yes', root?.id), 'm900001', root?.id)
  await recorded.hears(chat, TEAM, overheard('yes', 'm000000'), 'm900002', 'm000000')
  await recorded.taps(chat, TEAM, 'Green')
  await told('Answered by Anna')
  await told('Run echo one > one.txt?')
  // It is decided: what is said about it now is no answer.
  await recorded.hears(chat, TEAM, overheard('well done', ask?.id), 'm900003', ask?.id)
  const after = recorded.seen(TEAM).slice(before)
  expect(after.map(({ text }) => text.split('\n')[0])).toEqual([expect.stringContaining('Run echo one')])
  expect(errors).toEqual([])
})

test('a sign under the message of an ask that can be answered with yes or no is its answer, and nothing else', async () => {
  await recorded.says(chat, TEAM, '/start')
  await told('Claude asks')
  const react = (id: string | undefined, means: 'yes' | 'no') =>
    recorded.hears(chat, TEAM, { kind: 'reaction', means }, id ?? '')
  // A question has no yes; nor has a message that asks nothing, or one that nobody knows.
  await react(find('Claude asks')?.id, 'yes')
  await react(find('0 of 1 done')?.id, 'yes')
  await react('m777777', 'yes')
  expect(app.runner.api.view.openAsks()).toHaveLength(1)
  await recorded.taps(chat, TEAM, 'Green')
  await told('Run echo one > one.txt?')
  const permission = find('Run echo one > one.txt?')
  await react(permission?.id, 'no')
  await told('Denied by Anna')
  // What is decided stays so.
  await react(permission?.id, 'yes')
  await told('All done')
  expect(find('Denied by Anna')?.text).not.toContain('Allowed')
  expect(errors).toEqual([])
})

test('what was lost on its way back is found, and not sent again', async () => {
  recorded.fail('lost', 'send')
  // Looking for it fails, too, at first.
  recorded.fail('unreached', 'find')
  await recorded.says(chat, TEAM, '/status')
  await told('Nothing is running')
  await recorded.says(chat, TEAM, '/tasks')
  await told('Nothing has run yet')
  expect(recorded.seen(TEAM).filter(({ text }) => text.includes('Nothing is running'))).toHaveLength(1)
  expect(recorded.seen(TEAM).some(({ text }) => text.includes('Sent again'))).toBe(false)
  const keys = recorded.seen(TEAM).flatMap(({ key }) => key ?? [])
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.every((key) => /^[0-9a-f]{24}$/.test(key))).toBe(true)
})

test('a sign that comes before it is known which message an ask is waits for that', async () => {
  await recorded.says(chat, TEAM, '/start')
  await told('Claude asks')
  // The next post is the ask: it arrives, and the answer that says so does not.
  recorded.fail('lost', 'send')
  await recorded.taps(chat, TEAM, 'Green')
  await told('Run echo one > one.txt?')
  await recorded.hears(chat, TEAM, { kind: 'reaction', means: 'yes' }, find('Run echo one > one.txt?')?.id ?? '')
  await told('Allowed by Anna')
})
