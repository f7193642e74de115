import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Config } from '../../src/config/types.ts'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

// Ten tasks: two approvals, a question, two permissions, one failure, one limit.
const task = (n: number, lines: string, fields = '') =>
  `## Task ${n}: Task number ${n}\n${fields}**Claude Instruction:**\n${lines}\n`
const run = (n: number, fields = '') => `## Task ${n}: Task number ${n}\n${fields}**Run:** true\n`
const APPROVAL = '**Requires Approval:** true\n'
const EVENING = [
  run(1, APPROVAL),
  task(2, 'rehearse: ask "Which colour?" Blue|Green'),
  run(3),
  task(4, 'rehearse: bash node -e 4'),
  task(5, 'rehearse: fail-once'),
  task(6, 'rehearse: limit 1s'),
  run(7, APPROVAL),
  task(8, 'rehearse: bash node -e 8'),
  run(9),
  run(10),
].join('\n')
const GROUP = -100_4711

let api: BotApi
let home: Home
let house: PhoneApp
afterEach(async () => {
  await house.stop()
  await api.close()
  home.remove()
})

const open = async (tasks: string, change: (config: Config) => void = () => undefined) => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(tasks, 'retries: 0\n')
  house = await openPhoneApp(home, api, { change })
  return anna
}
const said = (person: Person, chat?: number) =>
  person.sees(chat === undefined ? {} : { chat }).messages.filter((message: ChatMessage) => message.from.isBot)
const loud = (messages: ChatMessage[]) => messages.filter(({ silent }) => !silent)
/** Whatever is said is put into the stored queue first, when it may be sent or not. */
const nothingIsSaid = async () => {
  const { db } = house.store
  const left = () => db.prepare("SELECT count(*) AS n FROM deliveries WHERE state = 'waiting'").get()
  const lastPut = () => db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").get()
  await expect.poll(left).toEqual({ n: 0 })
  const before = lastPut()
  // Several looks at what is running.
  await sleep(800)
  expect(lastPut()).toEqual(before)
}
const headOf = (message: ChatMessage) => latest(message).text.split('\n')[0] ?? ''

test('an evening of ten tasks sounds once for each decision and once at its end, for each person, and takes one message a task', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  const ben = api.person({ id: 4712, name: 'Ben' })
  api.group({ id: GROUP, title: 'Team' })
  home = createHome(EVENING, 'retries: 0\n')
  house = await openPhoneApp(home, api, {
    allowed: [4711, 4712],
    change: (config) => {
      config.telegram.chats = [GROUP]
    },
  })
  anna.says('/start')
  const tap = async (words: string | RegExp, button: string, after = 0) => {
    const message = await told(anna, words, after)
    anna.taps(button, { message: message.id })
    return message
  }
  await tap(/task 1 of 10/i, 'Approve')
  await tap('Which colour?', 'Blue')
  await tap('Run node -e 4?', 'Allow')
  await tap('Task 5 of 10 failed', 'Retry')
  const hold = await told(anna, '5-hour limit')
  await tap(/Task number 7[\s\S]*today.md/, 'Approve')
  await tap('Run node -e 8?', 'Allow')
  await told(anna, '10 of 10 done')

  // Two approvals, a question, two permissions, a failure, and the end.
  expect(loud(said(anna)).map(headOf)).toHaveLength(7)
  expect(loud(said(ben)).map(headOf)).toEqual(loud(said(anna)).map(headOf))
  expect(loud(said(anna, GROUP))).toEqual([])
  expect(hold.silent).toBe(true)
  await reads(anna, hold, /resumed/i)

  // A message for each task that ran, six decisions, the limit, the end with its report, and the answer to /start.
  const all = said(anna).map(headOf)
  expect(all.filter((head) => /^\S+ Task \d+ of 10/.test(head)).length, all.join('\n')).toBe(11)
  expect(said(anna).length, all.join('\n')).toBe(10 + 6 + 4)
  expect(house.errors).toEqual([])
}, 90_000)

test('three lanes sound no more than one: once for each decision and once at the end', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(EVENING, 'retries: 0\nlanes: 3\n')
  home.repository()
  house = await openPhoneApp(home, api)
  anna.says('/start')
  const decisions: [string | RegExp, string][] = [
    [/task 1 of 10/i, 'Approve'],
    ['Which colour?', 'Blue'],
    ['Run node -e 4?', 'Allow'],
    ['Task 5 of 10 failed', 'Retry'],
    [/Task number 7[\s\S]*today.md/, 'Approve'],
    ['Run node -e 8?', 'Allow'],
  ]
  for (const [words, button] of decisions) {
    const message = await told(anna, words)
    anna.taps(button, { message: message.id })
  }
  await told(anna, '10 of 10 done')
  const heard = loud(said(anna)).map(headOf)
  expect(heard.length, heard.join('\n')).toBe(decisions.length + 1)
  expect(house.errors).toEqual([])
}, 90_000)

test('while somebody is waited for, the message of the task is left as it is', async () => {
  const anna = await open(task(1, 'rehearse: bash node -e 1'))
  anna.says('/start')
  const ask = await told(anna, 'Run node -e 1?')
  const progress = await told(anna, 'waiting for you')
  // Since when, not for how long: nobody comes back to count.
  expect(latest(progress).text).toMatch(/waiting since \d+:\d\d[\s\S]*started \d+:\d\d/)
  await nothingIsSaid()
  anna.taps('Allow', { message: ask.id })
  await reads(anna, progress, 'is done')
})

test('where all lanes wait, the message about them says so and is left as it is', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome([1, 2].map((n) => task(n, `rehearse: bash node -e ${n}`)).join('\n'), 'retries: 0\nlanes: 2\n')
  home.repository()
  house = await openPhoneApp(home, api)
  anna.says('/start')
  await told(anna, 'Run node -e 1?')
  await told(anna, 'Run node -e 2?')
  const progress = await told(anna, /Task \d of 2 · waiting for you[\s\S]*✋ \d · Task number \d · waiting for you/)
  await nothingIsSaid()
  anna.taps('Allow')
  await reads(anna, progress, /Task \d of 2 (is done|· waiting for you[\s\S]*▶️)/)
})

test('where the end of a task is to be heard, its receipt takes the place of the message about it', async () => {
  const anna = await open(task(1, 'rehearse: bash node -e 1'), (config) => {
    config.chat.sound = 'ends'
  })
  anna.says('/start')
  const progress = await told(anna, 'waiting for you')
  await told(anna, 'Run node -e 1?')
  anna.taps('Allow')
  const receipt = await told(anna, 'is done')
  expect(receipt.silent).toBe(false)
  expect(receipt.id).toBeGreaterThan(progress.id)
  await expect.poll(() => said(anna).find(({ id }) => id === progress.id)?.deletedAt).toBeDefined()
})

test('the receipt of a task whose message somebody deleted comes as a message of its own', async () => {
  const anna = await open(task(1, 'rehearse: bash node -e 1'))
  anna.says('/start')
  const progress = await told(anna, 'waiting for you')
  await told(anna, 'Run node -e 1?')
  anna.deletes(progress.id)
  anna.taps('Allow')
  const receipt = await told(anna, 'Task 1 is done')
  expect(receipt).toMatchObject({ silent: true })
  expect(receipt.id).not.toBe(progress.id)
})
