import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, told } from '../support/phone.ts'

const TASKS = `# Tasks

## Task 1: Write a greeting
**Claude Instruction:**
rehearse: edit 1.txt "x"

## Task 2: Translate it
**Claude Instruction:**
rehearse: edit 2.txt "x"
`

let api: BotApi
let home: Home
let anna: Person
let house: PhoneApp | undefined

beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(async () => {
  await house?.stop()
  house = undefined
  await api.close()
  home.remove()
})

async function open(tasks = TASKS, config = '') {
  home = createHome(tasks, config)
  house = await openPhoneApp(home, api, { isNew: true })
}
const runs = () => house?.api.view.runs({ limit: 10 }) ?? []
const fromBaton = () => anna.sees().messages.filter((message) => message.from.isBot)

test('the first /start, which opening a bot sends by itself, greets and starts nothing; the second one starts', async () => {
  await open()
  anna.says('/start')
  const greeting = await told(anna, 'Baton is connected on')
  const { text, keyboard } = latest(greeting)
  expect(text).toContain('2 tasks ready')
  expect(text).toContain('1 · Write a greeting\n2 · Translate it')
  expect(text).toContain(home.dir)
  expect(keyboard?.flat().map((button) => button.text)).toEqual(['Start 2 tasks'])
  await sleep(150)
  expect(runs()).toEqual([])
  expect(fromBaton()).toHaveLength(1)

  anna.says('/start')
  await expect.poll(() => runs().length).toBe(1)
})

test('the button of the greeting starts what is ready', async () => {
  await open()
  anna.says('hello')
  const greeting = await told(anna, 'Baton is connected on')
  await anna.taps('Start 2 tasks', { message: greeting.id }).answer()
  await expect.poll(() => runs()[0]?.total).toBe(2)
  // Hello was not a task.
  expect(fromBaton().some((message) => /Add as a task/.test(JSON.stringify(message)))).toBe(false)
})

test('a first message that is another command is greeted and carried out', async () => {
  await open()
  anna.says('/help')
  await told(anna, 'Baton is connected on')
  await told(anna, '/approve')
})

test('each chat is greeted once, over restarts too', async () => {
  await open()
  anna.says('/start')
  await told(anna, 'Baton is connected on')
  await house?.stop()
  house = await openPhoneApp(home, api, { isNew: true })
  anna.says('/start')
  await expect.poll(() => runs().length).toBe(1)
  expect(fromBaton().filter((message) => latest(message).text.includes('Baton is connected'))).toHaveLength(1)
})

test('what was written before the very first start is greeted and not carried out', async () => {
  anna.says('/start')
  anna.says('/start')
  anna.says('/add Remove everything')
  await sleep(2_100)
  await open()
  await told(anna, 'Baton is connected on')
  await told(anna, 'were ignored')
  await sleep(150)
  expect(runs()).toEqual([])
  expect(fromBaton()).toHaveLength(2)
  // It is not the first message of the chat either: START, pressed now, greets and starts nothing.
  const pressed = anna.says('/start')
  await told(anna, 'Baton is connected on', pressed.id)
  await sleep(150)
  expect(runs()).toEqual([])
  await told(anna, /Started|Queued/, anna.says('/start').id)
  expect(runs()).toHaveLength(1)
})

test('the word that init asks for, written before the very first start, is not answered again; START is greeted once', async () => {
  anna.says('hello')
  await sleep(2_100)
  await open()
  const pressed = anna.says('/start')
  const greeting = await told(anna, 'Baton is connected on')
  expect(greeting.id).toBeGreaterThan(pressed.id)
  await sleep(150)
  expect(fromBaton()).toHaveLength(1)
  expect(runs()).toEqual([])
})

test('where nothing is ready it says so, without a button', async () => {
  await open('# Nothing yet\n')
  anna.says('/start')
  const { text, keyboard } = latest(await told(anna, 'Baton is connected on'))
  expect(text).toContain('no tasks ready')
  expect(keyboard ?? []).toEqual([])
})

test('a file that cannot be read is named', async () => {
  await open('## Task 1: Half\n**Priority:** sometimes\n**Claude Instruction:**\nDo it.\n')
  anna.says('/start')
  expect(latest(await told(anna, 'Baton is connected on')).text).toMatch(/⚠️ .*\.md cannot be read as a task file/)
})
