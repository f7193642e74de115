import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Chat } from '../../src/chat/chat.ts'
import type { Config } from '../../src/config/types.ts'
import { openChat } from '../../src/messengers/open-chat.ts'
import { redactor } from '../../src/redact/redact.ts'
import { createHome, type Home } from '../support/home.ts'
import { createRecordedTransport } from '../support/recorded-transport.ts'
import { openRehearsedApp, type TestApp } from '../support/rehearsed-app.ts'

// An ask is shown where its run was started and to those who may decide it, on whatever platform they are, and nowhere else.

const SURFACES = ['telegram', 'slack', 'discord'] as const
const [ANNA, BEN, CARL, TEAM] = ['1', '2', '3', 'group-team']
const TASKS = `# Tasks
## Task 1: Ship it
**Role:** ops
**Requires Approval:** true
**Claude Instruction:**
rehearse: say done
`
const ASK = 'Start task 1'
let home: Home
let app: TestApp
let on: Record<(typeof SURFACES)[number], ReturnType<typeof createRecordedTransport>>
let chats: Record<(typeof SURFACES)[number], Chat>
const errors: unknown[] = []

/** Telegram and Discord with private chats of Anna and Ben, Slack with a channel that Carl reads. */
async function open(change: (config: Config) => void) {
  const opened = await openRehearsedApp(home.dir, { change, errors })
  app = opened.app
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const options = {
    config: opened.config,
    app,
    redact: redactor([]),
    log,
    reached: new Set<(member: string) => boolean>(),
  }
  const privately = { chats: [ANNA, BEN], audienceOf: (chatId: string) => [chatId] }
  const inRole = { groupsOf: (id: string) => (id === BEN ? ['discord-role:900'] : []) }
  const chatOn = (name: (typeof SURFACES)[number]) => {
    app.store.setMeta(`${name}:since`, 0)
    const channel = { chats: [TEAM], groups: [TEAM], audienceOf: () => [CARL] }
    return openChat(
      on[name].transport,
      options,
      name === 'slack' ? channel : { ...privately, ...(name === 'discord' && inRole) },
    )
  }
  chats = { telegram: chatOn('telegram'), slack: chatOn('slack'), discord: chatOn('discord') }
  for (const chat of Object.values(chats)) chat.start()
  app.runner.begin()
}
const close = async () => {
  await Promise.all(Object.values(chats).map((chat) => chat.stop()))
  await app.runner.stop()
}
const said = (name: (typeof SURFACES)[number], chatId: string) =>
  on[name].seen(chatId).filter(({ byPerson }) => !byPerson)
/** Every chat with the buttons of an ask, with an exclamation mark where it makes a sound. */
const askedIn = () =>
  SURFACES.flatMap((name) =>
    [ANNA, BEN, TEAM].flatMap((chatId) => {
      const found = said(name, chatId).findLast(({ text, buttons }) => text.includes(ASK) && buttons.length > 0)
      return found ? [`${name} ${chatId}${found.silent ? '' : ' !'}`] : []
    }),
  )
const asked = (where: string[]) => expect.poll(askedIn, { interval: 20 }).toEqual(where)
/** All of an event is announced in one turn: whatever follows it has come too late to be asked. */
const startedBySomebody = async () => {
  await expect.poll(() => app.runner.api.view.openAsks().length, { interval: 20 }).toBe(1)
  const upTo = app.runner.api.view.lastSeq()
  const cursors = () => SURFACES.map((name) => Number(app.store.kept.get(`${name}:cursor`)) >= upTo)
  await expect.poll(cursors, { interval: 20 }).toEqual([true, true, true])
}

beforeEach(() => {
  home = createHome(TASKS)
  errors.length = 0
  on = {
    telegram: createRecordedTransport('telegram'),
    slack: createRecordedTransport('slack'),
    discord: createRecordedTransport('discord'),
  }
})
afterEach(async () => {
  await close()
  home.remove()
  expect(errors).toEqual([])
})

test('shown where it was started and to who may decide it; decided anywhere, and every message of it follows', async () => {
  const ops = (config: Config) => {
    config.roles = { ops: ['telegram:2', 'slack:3'] }
  }
  await open(ops)
  await on.discord.says(chats.discord, ANNA, '/start')
  await startedBySomebody()
  // Ben and Carl decide; Anna, who started it on Discord, sees it there without a sound.
  await asked([`telegram ${BEN} !`, `slack ${TEAM} !`, `discord ${ANNA}`])
  // Elsewhere nothing of it appears, not even to who looks for it, who is told whose it is.
  await on.telegram.says(chats.telegram, ANNA, '/approve')
  const reply = () => said('telegram', ANNA).at(-1)?.text
  await expect.poll(reply, { interval: 20 }).toContain('was not asked in this chat. To be decided by ops')
  // Nor after a restart.
  await close()
  await open(ops)
  await on.discord.says(chats.discord, BEN, '/status')
  await startedBySomebody()
  await asked([`telegram ${BEN} !`, `slack ${TEAM} !`, `discord ${ANNA}`])
  await on.discord.taps(chats.discord, ANNA, 'Approve')
  expect(on.discord.answers.at(-1)).toMatchObject({ text: expect.stringContaining('Only ops'), alert: true })
  await on.telegram.taps(chats.telegram, BEN, 'Approve')
  for (const [name, chatId] of [
    ['telegram', BEN],
    ['slack', TEAM],
    ['discord', ANNA],
  ] as const)
    await expect
      .poll(() => said(name, chatId).some(({ text }) => text.includes('Approved by Anna (Telegram)')), { interval: 20 })
      .toBe(true)
  await asked([])
})

test('started at a terminal it is shown to those alone who may decide it', async () => {
  await open((config) => {
    config.roles = { ops: ['discord:2', 'dashboard'] }
  })
  const by = { surface: 'terminal', id: 'x', name: 'x' } as const
  await app.runner.api.submit({ type: 'start' }, by)
  await startedBySomebody()
  await asked([`discord ${BEN} !`])
})

test('a group is asked in the private chats of those who are known to be in it, and on no other platform', async () => {
  await open((config) => {
    config.roles = { ops: ['discord-role:900'] }
  })
  await app.runner.api.submit({ type: 'start' }, { surface: 'terminal', id: 'x', name: 'x' })
  await startedBySomebody()
  await asked([`discord ${BEN} !`])
})

test('a group that nobody is known to be in is asked in every chat, so that it is seen', async () => {
  await open((config) => {
    config.roles = { ops: ['discord-role:901'] }
  })
  await app.runner.api.submit({ type: 'start' }, { surface: 'terminal', id: 'x', name: 'x' })
  await startedBySomebody()
  await asked([`telegram ${ANNA}`, `telegram ${BEN}`, `slack ${TEAM}`, `discord ${ANNA}`, `discord ${BEN}`])
})

test('what nobody could decide in a chat is shown in all of them, and who is told elsewhere is asked there', async () => {
  await open((config) => {
    config.roles = { ops: ['dashboard', 'telegram:99'] }
    config.people = [
      {
        accounts: [
          { surface: 'discord', id: '2' },
          { surface: 'telegram', id: '2' },
        ],
        hears: 'discord',
      },
    ]
  })
  await on.telegram.says(chats.telegram, ANNA, '/start')
  await startedBySomebody()
  await asked([`telegram ${ANNA}`, `slack ${TEAM}`, `discord ${ANNA}`, `discord ${BEN}`])
})
