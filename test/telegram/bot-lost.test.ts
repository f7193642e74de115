import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import type { Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, type PhoneAppOptions, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

// What becomes of people whose messages never came, or are gone.

const TASKS = `# Tasks
## Task 1: First
**Requires Approval:** true
**Claude Instruction:**
rehearse: wait 2s

## Task 2: Second
**Requires Approval:** true
**Claude Instruction:**
rehearse: edit two.txt "2"
`
const TERMINAL = { surface: 'terminal' as const, id: 'bernd', name: 'bernd' }

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp | undefined
const open = async (options?: PhoneAppOptions) => {
  house = await openPhoneApp(home, api, options)
}
const askNow = () => house?.api.view.openAsks()[0]
const buttonsOf = (message: ChatMessage, of = anna) =>
  latest(of.sees().messages.find(({ id }) => id === message.id) ?? message)
    .keyboard?.flat()
    .map(({ text }) => text) ?? []
const dropped = () => api.calls.filter(({ status }) => status === 403).length

beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(TASKS))
})
afterEach(async () => {
  await house?.stop()
  house = undefined
})

test('who blocked the bot when something was asked is shown it with the first word they write again', async () => {
  await open()
  anna.blocks()
  await house?.api.submit({ type: 'start' }, TERMINAL)
  await expect.poll(dropped).toBeGreaterThan(0)
  anna.unblocks()
  const words = anna.says('/approve')
  await told(anna, 'A new question has just arrived', words.id)
  const approval = await told(anna, 'Start task 1', words.id)
  expect(buttonsOf(approval)).toEqual(['Approve', 'Reject', 'Skip', 'Stop', 'Snooze'])
  expect((await anna.taps('Approve').answer()).text).toBe('Approved')
  await reads(anna, approval, 'Approved by Anna')
  const before = anna.sees().messages.length
  anna.says('/help')
  await told(anna, 'Answer questions with their buttons')
  expect(
    anna
      .sees()
      .messages.slice(before)
      .filter((message) => latest(message).text.includes('May task')),
  ).toEqual([])
})

test('a chat that is closed to the bot is not written to again and again', async () => {
  await open()
  anna.says('/start')
  await told(anna, 'Start task 1')
  anna.blocks()
  // The message of the running task would be sent ten times a second here.
  await house?.api.submit({ type: 'approve', target: { askId: askNow()?.id ?? '' } }, TERMINAL)
  await expect.poll(dropped).toBeGreaterThan(0)
  const so = dropped()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(dropped() - so).toBeLessThanOrEqual(2)
  anna.unblocks()
})

test('a message of the running task that was deleted comes again, silently, once', async () => {
  await open()
  anna.says('/start')
  await told(anna, 'Start task 1')
  anna.taps('Approve')
  const progress = await told(anna, 'Task 1 of 2 · running')
  anna.deletes(progress.id)
  const again = await told(anna, 'Task 1 of 2 · running', progress.id)
  expect(again.silent).toBe(true)
  await told(anna, 'Start task 2')
  const sent = anna.sees().messages.filter((message) => message.versions[0]?.text.includes('Task 1 of 2 · running'))
  expect(sent.map(({ id }) => id)).toEqual([progress.id, again.id])
})

test('/status brings back what is asked: the new message has the buttons, the old one loses them', async () => {
  await open()
  anna.says('/start')
  const first = await told(anna, 'Start task 1')
  anna.says('/status')
  const status = await told(anna, 'Waiting for you')
  const [show = ''] = buttonsOf(status)
  expect(show).toContain('Start task 1')
  anna.taps(show)
  const second = await told(anna, '🚦 Start task 1', first.id)
  expect(second.silent).toBe(true)
  expect(buttonsOf(second)).toContain('Approve')
  await reads(anna, first, 'Shown again below')
  expect(buttonsOf(first)).toEqual([])
  await house?.api.submit({ type: 'approve', target: { askId: askNow()?.id ?? '' } }, TERMINAL)
  await reads(anna, second, 'Approved by bernd (terminal)')
  expect((await anna.taps(show).answer()).text).toContain('Already decided: Approved by bernd (terminal)')
})

test('a reminder has a button that brings back what is asked', async () => {
  await open({
    change: (config) => {
      config.chat.remindAfterMs = 200
    },
  })
  anna.says('/start')
  const first = await told(anna, 'Start task 1')
  const reminder = await told(anna, 'Still waiting for you')
  expect(buttonsOf(reminder)).toEqual(['Show it', '30 min', 'Tonight', 'Tomorrow'])
  anna.taps('Show it')
  await told(anna, 'Start task 1', reminder.id)
  await reads(anna, first, 'Shown again below')
})

test('a message whose decision never reached it follows it when it is tapped', async () => {
  await open()
  anna.says('/start')
  const approval = await told(anna, 'Start task 1')
  anna.blocks()
  await house?.api.submit({ type: 'approve', target: { askId: askNow()?.id ?? '' } }, TERMINAL)
  await expect.poll(dropped).toBeGreaterThan(0)
  anna.unblocks()
  expect((await anna.taps('Reject', { message: approval.id }).answer()).text).toContain('Already decided: Approved')
  await reads(anna, approval, 'Approved by bernd (terminal)')
  expect(buttonsOf(approval)).toEqual([])
})

test('Pause below the message of an earlier run does nothing to the run of now, and the person hears that', async () => {
  await open()
  anna.says('/start')
  await told(anna, 'Start task 1')
  anna.says('/status')
  const old = await told(anna, 'Waiting for you')
  anna.says('/stop')
  await told(anna, 'Stopped')
  anna.says('/start')
  await expect.poll(() => house?.api.view.runs().length).toBe(2)
  const { text, alert } = await anna.taps('Pause', { message: old.id }).answer()
  expect([text, alert]).toEqual(['This was about an earlier run. /status for the current one.', true])
  expect(house?.api.view.status().paused).toBeUndefined()
})
