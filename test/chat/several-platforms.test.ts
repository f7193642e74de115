import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CardBoard, createCardBoard } from '../../src/chat/cards/card.ts'
import { createTellCard } from '../../src/chat/cards/tell.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'

// One daemon, two chat platforms: everything is asked on both, and decided once.

const TASKS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: bash echo one > one.txt
`
let home: Home
let app: TestApp
let slack: ReturnType<typeof createRecordedTransport>
let discord: ReturnType<typeof createRecordedTransport>
let chats: { slack: Chat; discord: Chat }
let cards: CardBoard
const errors: unknown[] = []
let remindAfterMs = 0
const redact = redactor([])

const open = async () => {
  const opened = await openRehearsedApp(home.dir, {
    change: (config) => {
      config.chat.remindAfterMs = remindAfterMs
      config.chat.progressMs = 100
      // Anna has an account on both and hears things on Slack; Ben is on Discord alone.
      config.people = [
        {
          accounts: [
            { surface: 'slack', id: 'UANNA' },
            { surface: 'discord', id: '1' },
          ],
          hears: 'slack',
        },
      ]
    },
    errors,
  })
  app = opened.app
  for (const name of ['slack', 'discord']) app.store.setMeta(`${name}:since`, 0)
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  cards = createCardBoard(app.store.kept)
  const options = { config: opened.config, app, redact, log, cards, reached: new Set<(member: string) => boolean>() }
  // Whichever comes first: who hears of things elsewhere is known once both are there.
  const first = openChat(discord.transport, options, { chats: ['1', '2'], audienceOf: (chatId) => [chatId] })
  chats = {
    slack: openChat(slack.transport, options, { chats: ['UANNA'], audienceOf: () => ['UANNA'] }),
    discord: first,
  }
  for (const chat of Object.values(chats)) chat.start()
  app.runner.begin()
}
const close = async () => {
  await Promise.all(Object.values(chats).map((chat) => chat.stop()))
  await app.runner.stop()
}
const find = (where: typeof slack, chatId: string, words: string) =>
  where.seen(chatId).findLast(({ text, byPerson }) => !byPerson && text.includes(words))
const told = (where: typeof slack, chatId: string, words: string) =>
  expect
    .poll(() => find(where, chatId, words) ?? where.seen(chatId).map(({ text }) => text), { interval: 20 })
    .toMatchObject({ text: expect.stringContaining(words) })

beforeEach(async () => {
  home = createHome(TASKS)
  slack = createRecordedTransport('slack')
  discord = createRecordedTransport('discord')
  errors.length = 0
  await open()
})
afterEach(async () => {
  await close()
  home.remove()
})

test('one ask is shown on every platform, the first answer counts, and all others show who it was and where', async () => {
  await discord.says(chats.discord, '2', '/start')
  await told(slack, 'UANNA', 'Which colour?')
  await told(discord, '2', 'Which colour?')
  // Both at once: one of them decides.
  await Promise.all([slack.taps(chats.slack, 'UANNA', 'Green'), discord.taps(chats.discord, '2', 'Red')])
  const decided = /Answered by Anna \((Slack|Discord)\)/
  for (const [where, chatId] of [
    [slack, 'UANNA'],
    [discord, '2'],
  ] as const) {
    await told(where, chatId, 'Answered by Anna (')
    expect(find(where, chatId, 'Answered by Anna (')?.buttons).toEqual([])
  }
  const words = (
    [
      [slack, 'UANNA'],
      [discord, '2'],
    ] as const
  ).map(([where, chatId]) => decided.exec(find(where, chatId, 'Answered by Anna (')?.text ?? '')?.[0])
  expect(new Set(words).size).toBe(1)
  // The second one hears how it was decided.
  const answers = [...slack.answers, ...discord.answers].map(({ text, alert }) => [text, alert === true])
  expect(answers.filter(([, alert]) => alert)).toEqual([[expect.stringContaining('by Anna ('), true]])
  expect(answers).toContainEqual(['Answered', false])
  // What stood in a life before is asked and decided on the platform that was not there.
  await told(slack, 'UANNA', 'Run echo one > one.txt?')
  await close()
  await open()
  await slack.taps(chats.slack, 'UANNA', 'Allow')
  await told(discord, '2', 'Allowed by Anna (Slack)')
  expect(errors).toEqual([])
})

test('who has accounts on two platforms hears each thing on the one of their choice, as loudly as they chose', async () => {
  await discord.says(chats.discord, '2', '/start')
  await told(slack, 'UANNA', 'Which colour?')
  expect(find(slack, 'UANNA', 'Which colour?')).toMatchObject({ silent: false })
  await told(discord, '2', 'Which colour?')
  expect(find(discord, '2', 'Which colour?')).toMatchObject({ silent: false })
  expect(find(discord, '1', 'Which colour?')).toBeUndefined()
  // She is asked on one, and decides on the other where she looks there.
  await discord.says(chats.discord, '1', '/status')
  await told(discord, '1', 'Which colour?')
  expect(find(discord, '1', 'Which colour?')).toMatchObject({ silent: true })
  await discord.taps(chats.discord, '1', 'Green')
  await told(slack, 'UANNA', 'Run echo one > one.txt?')
  await slack.taps(chats.slack, 'UANNA', 'Allow')
  await told(discord, '2', '1 of 1 done')
  await told(slack, 'UANNA', '1 of 1 done')
  expect(find(discord, '1', '1 of 1 done')).toBeUndefined()
  expect(find(discord, '1', 'alive · updated')).toBeUndefined()
  expect(find(discord, '1', 'Task 1 is done')).toBeUndefined()
  expect(errors).toEqual([])
})

test('who is asked on one platform and has looked on another is reminded on one', async () => {
  await close()
  remindAfterMs = 500
  await open()
  remindAfterMs = 0
  await discord.says(chats.discord, '1', '/start')
  // She started it there, so it is asked there, too, without a sound.
  await told(discord, '1', 'Claude asks')
  await told(slack, 'UANNA', 'Still waiting')
  await told(discord, '2', 'Still waiting')
  expect(find(discord, '1', 'Still waiting')).toBeUndefined()
})

test('a card is told once on every platform, and its button counts once, wherever it is tapped', async () => {
  const tell = createTellCard({ cards, chats: Object.values(chats), redact: (value) => value })
  const card = {
    ...{ id: 'c1', mark: '🆕', title: 'A new file', body: '', exclusive: true, silent: false },
    buttons: [{ label: 'Later', does: { type: 'later' as const } }],
  }
  expect(app.store.kept.transaction(() => [tell(card), tell(card)])).toEqual([true, false])
  await told(slack, 'UANNA', 'A new file')
  await told(discord, '2', 'A new file')
  await Promise.all([slack.taps(chats.slack, 'UANNA', 'Later'), discord.taps(chats.discord, '2', 'Later')])
  await told(slack, 'UANNA', 'Postponed by Anna (')
  await told(discord, '2', 'Postponed by Anna (')
  expect(find(discord, '1', 'A new file')).toBeUndefined()
  expect([...slack.answers, ...discord.answers].filter(({ alert }) => alert)).toHaveLength(1)
  expect(errors).toEqual([])
})
