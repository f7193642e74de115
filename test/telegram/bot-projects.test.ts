import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneHouse, type PhoneHouse, told } from '../support/phone.ts'

const ASKS_FIRST = '## Task 1: First\n**Requires Approval:** true\n**Run:** true\n'
const TWO = 'projects:\n  web:\n    path: .\n  api:\n    path: .\n'

let api: BotApi
let anna: Person
let home: Home
let house: PhoneHouse

const ask = (line: string, words: string | RegExp) => told(anna, words, anna.says(line).id)

beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(ASKS_FIRST, TWO)
  home.write('tasks/web/a.md', ASKS_FIRST)
  home.write('tasks/api/a.md', ASKS_FIRST)
  house = await openPhoneHouse(home, api)
})
afterEach(async () => {
  await house.stop()
  await api.close()
  home.remove()
})

test('without a name a command means the project at work, a reply the one of its message, and of two at work none', async () => {
  await ask('/start api', 'May task 1 start?')
  await ask('/pause after', 'Pausing after')
  expect(house.face.view.status('api').paused).toBeDefined()
  await ask('/resume', 'Resumed')
  await ask('/start web', 'May task 1 start?')
  await ask('/stop', 'Several projects are at work. Name one: /stop web, /stop api.')
  expect(house.face.view.openAsks()).toHaveLength(2)
  await ask('/skip web', 'Skipped')
  const receipt = await told(anna, 'Task 1 was skipped')
  await ask('/skip', 'Skipped')
  expect(house.face.view.openAsks()).toEqual([])
  await told(anna, 'Begins anew: Task 1', anna.replies(receipt.id, '/retry').id)
  expect(house.face.view.status('web').run?.endedAt).toBeUndefined()
})

test('where two projects ask at once, a command that names one of them decides there, and one that names none is asked back', async () => {
  await ask('/start web', 'May task 1 start?')
  await ask('/start api', 'May task 1 start?')
  const back = await ask('/approve', 'Several things are asked')
  expect(back).toMatchObject({ versions: [{ text: expect.stringMatching(/web 1 · Start[\s\S]*api 1 · Start/) }] })
  await ask('/approve api', 'Approved')
  expect(house.face.view.openAsks().map(({ queue }) => queue)).toEqual(['web'])
  await ask('/reject web 1 not now', 'Rejected')
  expect(house.face.view.openAsks()).toEqual([])
})
