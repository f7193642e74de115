import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

const GROUP = -100_4711
const LINK = 'http://127.0.0.1:7077/login/once'
const PLAN = '# Plan\n\n## Task 1: Mend the footer\n**Claude Instruction:**\nMend it.\n'

let api: BotApi
let anna: Person
let ben: Person
let home: Home
let house: PhoneApp
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
  ben = api.person({ id: 4712, name: 'Ben' })
  api.group({ id: GROUP, title: 'Team' })
  home = createHome('# T\n## Task 1: A\n**Run:** true\n')
  house = await openPhoneApp(home, api, {
    allowed: [4711, 4712],
    change: (config) => {
      config.telegram.chats = [GROUP]
    },
    ask: async () => PLAN,
    dashboardLink: () => LINK,
  })
})
afterEach(async () => {
  await house.stop()
  await api.close()
  home.remove()
})

test('a link to the dashboard goes to private chats only, and one of the machine itself says so', async () => {
  const own = anna.says('/dashboard')
  await told(anna, /127\.0\.0\.1[\s\S]*only on the machine/, own.id)
  anna.says('/dashboard', { chat: GROUP })
  const said = () =>
    anna
      .sees({ chat: GROUP })
      .messages.filter(({ from }) => from.isBot)
      .flatMap(({ versions }) => versions.map(({ text }) => text))
  await expect.poll(() => said().join('\n')).toContain('private chats only')
  expect(said().join('\n')).not.toContain('127.0.0.1')
})

test('a photo without words, while nothing runs, becomes a task with one tap', async () => {
  const photo = anna.sends({ kind: 'photo', name: 'sketch.jpg', content: 'jpeg' })
  const offer = await told(anna, 'Nothing is running, so Claude has not seen', photo.id)
  anna.taps('Add as a task', { message: offer.id })
  await reads(anna, offer, 'Added')
  expect(home.read('tasks/today.md')).toMatch(/Look at the file[\s\S]*saved as \.baton\/inbox\/photo-/)
})

test('a plan is heard by whoever asked for it, and by nobody else', async () => {
  anna.says('/plan mend the footer')
  const plan = await told(anna, 'A plan of 1 task')
  expect(plan.silent).toBe(false)
  const other = await told(ben, 'A plan of 1 task')
  expect(other.silent).toBe(true)
  await reads(anna, plan, /Start writes tasks\/\S+\.md/)
})
