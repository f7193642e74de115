import { afterEach, expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

const tasks = (resets: string) => `# Tasks

## Task 1: First
**Claude Instruction:**
rehearse: plan 85% ${resets}
rehearse: edit one.txt "1"

## Task 2: Second
**Claude Instruction:**
rehearse: edit two.txt "2"
`

let api: BotApi
let home: Home
let house: PhoneApp
afterEach(async () => {
  await house.stop()
  await api.close()
  home.remove()
})

const open = async (resets: string, keep: string) => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(tasks(resets), `limits: {keep: ${keep}}\n`)
  house = await openPhoneApp(home, api)
  anna.says('/start')
  return anna
}

test('a share of the limit is kept: what runs ends, nothing new starts before the reset, and it is said without a sound', async () => {
  const anna = await open('6s', '20%')
  const held = await told(anna, 'No new tasks for now')
  expect(latest(held).text).toContain("85% of Claude's 5-hour limit is used; the rest is kept for you")
  expect(held.silent).toBe(true)
  await told(anna, 'Task 1 of 2 is done')
  expect(() => home.read('two.txt')).toThrow()
  await told(anna, '2 of 2 done')
  await reads(anna, held, 'resumed at')
  const heldAt = house.events.find(({ type }) => type === 'queue.held')
  const second = house.events.find(({ type, task }) => type === 'task.started' && task === 2)
  expect(second?.at).toBeGreaterThanOrEqual(Number(heldAt?.data?.until))
  expect(house.errors).toEqual([])
})

test('a person who resumes takes the share back; where less is used, nothing waits', async () => {
  const anna = await open('1h', '20%')
  const held = await told(anna, 'No new tasks for now')
  anna.says('/resume')
  await told(anna, 'no share of the limit is kept until it resets')
  await told(anna, '2 of 2 done')
  await reads(anna, held, 'wait ended')
  await house.stop()
  await api.close()
  home.remove()
  const other = await open('1h', '10%')
  await told(other, '2 of 2 done')
  expect(house.events.some(({ type }) => type === 'queue.held')).toBe(false)
})
