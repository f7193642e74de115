import { expect } from 'vitest'
import type { Chat } from '../../src/chat/chat.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'

export const ANNA = 'room-anna'
export const TEAM = 'group-1'
export const SECRET = 'correct-horse-battery'
/** A question, then a permission. */
const TASKS = `# Tasks
## Task 1: Colours
**Claude Instruction:**
rehearse: ask "Which colour?" Red|Green|Blue
rehearse: bash echo one > one.txt
`

type Recorded = ReturnType<typeof createRecordedTransport>
type Seen = ReturnType<Recorded['seen']>[number]

/** A Baton with a chat on a recorded platform, over several lives. */
export interface RecordedHouse {
  home: Home
  recorded: Recorded
  /** Of this life. */
  app: TestApp
  chat: Chat
  errors: unknown[]
  warned: string[]
  /** Begins a life, on another platform where one is given. */
  open: (recorded?: Recorded) => Promise<void>
  /** Ends a life. */
  close: () => Promise<void>
  /** The newest message of the bot with these words. */
  find: (words: string, chatId?: string) => Seen | undefined
  /** Settles once it is there. */
  told: (words: string, chatId?: string) => Promise<void>
  end: () => Promise<void>
}

/** Opens one; `chatId`: where `find` and `told` look unless they are told otherwise. */
export async function openRecordedHouse(
  recorded = createRecordedTransport(),
  { chatId: usual = ANNA }: { chatId?: string } = {},
): Promise<RecordedHouse> {
  const errors: unknown[] = []
  const warned: string[] = []
  const log = {
    info: () => {},
    warn: (_: object, text: string) => warned.push(text),
    error: (fields: object) => errors.push(fields),
  }
  const house = { home: createHome(TASKS), recorded, errors, warned } as RecordedHouse
  const find: RecordedHouse['find'] = (words, chatId = usual) =>
    house.recorded.seen(chatId).findLast(({ text, byPerson }) => !byPerson && text.includes(words))
  Object.assign(house, {
    find,
    async open(other = house.recorded) {
      house.recorded = other
      const { app, config } = await openRehearsedApp(house.home.dir, {
        change: (config) => {
          config.chat.progressMs = 100
          config.timezone = 'UTC'
        },
        ...{ secretValues: [SECRET], errors },
      })
      house.app = app
      // Its chats are known already, and not greeted.
      app.store.setMeta('slack:since', 0)
      house.chat = openChat(other.transport, { config, app, redact: redactor([SECRET]), log }, { chats: [ANNA, TEAM] })
      house.chat.start()
      app.runner.begin()
    },
    async close() {
      await house.chat.stop()
      await house.app.runner.stop()
    },
    async told(words, chatId = usual) {
      await expect
        .poll(() => find(words, chatId) ?? house.recorded.seen(chatId).map(({ text }) => text), { interval: 20 })
        .toMatchObject({ text: expect.stringContaining(words) })
    },
    async end() {
      await house.close()
      house.home.remove()
    },
  } satisfies Partial<RecordedHouse>)
  await house.open()
  return house
}
