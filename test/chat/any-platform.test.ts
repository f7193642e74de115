import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../../src/app/open-app.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { readConfig } from '../../src/config/read.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { toPlain } from '../../src/text/document/layout.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'

// What is said, and what a reply or a tap means, on a platform whose chats and messages have no numbers.

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
const told = (words: string, chatId = ANNA) =>
  expect
    .poll(
      () =>
        recorded.seen(chatId).findLast(({ text, byPerson }) => !byPerson && text.includes(words)) ??
        recorded.seen(chatId).map(({ text }) => text),
      { interval: 20 },
    )
    .toMatchObject({ text: expect.stringContaining(words) })
const message = (words: string, chatId = ANNA) => recorded.seen(chatId).findLast(({ text }) => text.includes(words))

beforeEach(async () => {
  home = createHome(TASKS)
  recorded = createRecordedTransport()
  errors.length = 0
  warned.length = 0
  await open()
})
afterEach(async () => {
  await close()
  home.remove()
})

test('a question and a permission are asked everywhere, answered by a tap and by a reply, and every message follows', async () => {
  await recorded.says(chat, ANNA, '/start')
  await told('Claude asks')
  await told('Claude asks', TEAM)
  // What needs a person makes a sound.
  expect(message('Claude asks')?.silent).toBe(false)
  await recorded.taps(chat, ANNA, 'Green')
  await told('Answered by Anna', TEAM)
  expect(message('Answered by Anna')?.buttons).toEqual([])
  expect(recorded.answers.at(-1)).toMatchObject({ text: 'Answered' })
  await told('Run echo one > one.txt?')
  await recorded.says(chat, ANNA, '/approve', message('Run echo one > one.txt?')?.id)
  await told('Allowed by Anna')
  await told('1 of 1 done')
  expect(errors).toEqual([])
})

test('what was lost on its way goes out again with a word, what never left without one, and in order', async () => {
  recorded.fail('unreached', 'send')
  recorded.fail('lost', 'send')
  await recorded.says(chat, ANNA, '/status')
  await told('Sent again: the first message may not have arrived.')
  expect(
    recorded.seen(ANNA).filter(({ text, byPerson }) => !byPerson && text.includes('Nothing is running')),
  ).toHaveLength(2)
})

test('a kill between two lives loses nothing and says nothing twice', async () => {
  await recorded.says(chat, ANNA, '/start')
  await told('Claude asks')
  await close()
  const before = recorded.seen(ANNA).filter(({ text }) => text.includes('Claude asks')).length
  await open()
  // The button of the life before still counts.
  await recorded.taps(chat, ANNA, 'Red')
  await told('Answered by Anna')
  expect(recorded.seen(ANNA).filter(({ text }) => text.includes('Which colour?'))).toHaveLength(before)
})

test('nobody decides what came after their words, and a stranger to the chat decides nothing', async () => {
  await recorded.says(chat, ANNA, '/start')
  await told('Claude asks')
  const { data = '' } = message('Claude asks')?.buttons.flat()[0] ?? {}
  await recorded.hears(chat, 'room-eve', { kind: 'tap', tapId: 'forged', data }, 'm000001')
  expect(recorded.answers.find(({ tapId }) => tapId === 'forged')).toMatchObject({
    text: 'This was not asked in this chat.',
    alert: true,
  })
  // Written before the ask stood there.
  await recorded.hears(chat, ANNA, { kind: 'words', text: '/answer Blue' }, 'm000000')
  await told('A new question has just arrived')
})

test('a closed chat is left alone, and nothing secret is said', async () => {
  recorded.fail('blocked', 'send')
  await recorded.says(chat, ANNA, '/skip')
  await expect.poll(() => warned.length).toBeGreaterThan(0)
  await recorded.says(chat, ANNA, '/start correct-horse-battery')
  await told('No such file')
  expect(JSON.stringify(recorded.seen(ANNA).filter(({ byPerson }) => !byPerson))).not.toContain('correct-horse-battery')
})

test('a secret that Markdown takes apart is hidden in what is read', async () => {
  // The agent repeats the title in its closing words, which are Markdown.
  home.write(
    'tasks/key.md',
    '## Task 1: Key correct-\\*\\*horse\\*\\*-battery\n**Claude Instruction:**\nrehearse: say x\n',
  )
  await recorded.says(chat, ANNA, '/start tasks/key.md')
  await told('Acted out “Key [redacted]”')
})

test('where a platform has forms, own words are written into one: they answer, and refuse what is over', async () => {
  await close()
  recorded = createRecordedTransport('slack', { hasForms: true })
  await open()
  await recorded.says(chat, ANNA, '/start')
  await told('Claude asks')
  await recorded.taps(chat, ANNA, 'Other…')
  const [form] = recorded.forms().values()
  expect(form).toMatchObject({ title: 'Your answer' })
  expect(toPlain(form?.body ?? [])).toContain('Which colour?')
  // No message asks for what the form asks for, and the tap is answered by the form alone.
  expect(message('Your own answer')).toBeUndefined()
  expect(recorded.answers).toEqual([])
  await recorded.fillsIn(chat, '  ')
  expect(recorded.answers.at(-1)).toMatchObject({ text: 'An answer cannot be empty.', alert: true })
  await recorded.taps(chat, ANNA, 'Other…')
  const late = [...recorded.forms().values()].at(-1)
  await recorded.fillsIn(chat, 'Turquoise, correct-horse-battery')
  expect(recorded.answers.at(-1)?.text).toBe('Answered.')
  await told('Turquoise, [redacted]')
  // The same form once more, after the decision.
  const deed = { kind: 'form' as const, tapId: 'late', data: late?.data ?? '', text: 'Red' }
  await recorded.hears(chat, ANNA, deed, message('Answered by Anna')?.id ?? '')
  expect(recorded.answers.at(-1)).toMatchObject({ tapId: 'late', alert: true })
  expect(recorded.answers.at(-1)?.text).toContain('Anna')
  await recorded.hears(chat, ANNA, { kind: 'form', tapId: 'odd', data: 'nothing:known', text: 'x' }, 'm000001')
  expect(recorded.answers.at(-1)).toMatchObject({ tapId: 'odd', text: 'Nothing takes these words any more.' })
})

test('a form from another chat decides nothing', async () => {
  await close()
  recorded = createRecordedTransport('slack', { hasForms: true })
  await open()
  await recorded.says(chat, ANNA, '/start')
  await told('Claude asks')
  await recorded.taps(chat, ANNA, 'Other…')
  const [form] = recorded.forms().values()
  const deed = { kind: 'form' as const, tapId: 'forged', data: form?.data ?? '', text: 'Black' }
  await recorded.hears(chat, 'room-eve', deed, 'm000001')
  expect(recorded.answers.at(-1)).toMatchObject({ text: 'This was not asked in this chat.', alert: true })
  expect(app.runner.api.view.openAsks()).toHaveLength(1)
})
