import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import type { Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

const TASK = '## Task 1: First\n**Requires Approval:** true\n**Run:** true\n'

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp
beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(TASK))
  house = await openPhoneApp(home, api)
})
afterEach(async () => {
  await house.stop()
})

const buttonsOf = ({ id }: ChatMessage) => {
  const message = anna.sees().messages.find((one) => one.id === id)
  return message && latest(message).keyboard?.map((row) => row.map(({ text }) => text))
}
const snoozed = () => house.api.view.openAsks()[0]?.snoozed

test('an ask is put off from its own buttons, which come back, and stays to be decided', async () => {
  anna.says('/start')
  const ask = await told(anna, 'Start task 1')
  const own = buttonsOf(ask)
  anna.taps('Snooze', { message: ask.id })
  await expect.poll(() => buttonsOf(ask)).toEqual([['30 min', 'Tonight', 'Tomorrow'], ['← Back']])
  anna.taps('← Back', { message: ask.id })
  await expect.poll(() => buttonsOf(ask)).toEqual(own)
  anna.taps('Snooze', { message: ask.id })
  await expect.poll(() => buttonsOf(ask)?.length).toBe(2)
  expect((await anna.taps('30 min', { message: ask.id }).answer()).text).toMatch(/^Snoozed until /)
  await reads(anna, ask, /💤 Snoozed until \S+ by Anna/)
  expect(buttonsOf(ask)).toEqual(own)
  expect(snoozed()?.until).toBeGreaterThan(Date.now())
  anna.taps('Approve', { message: ask.id })
  await reads(anna, ask, 'Approved by Anna')
  expect(house.errors).toEqual([])
})

test('what was put off in words, or on another surface, is said again when its time has come', async () => {
  anna.says('/start')
  const ask = await told(anna, 'Start task 1')
  const refused = anna.says('/snooze whenever')
  await told(anna, 'tonight or tomorrow', refused.id)
  const words = anna.says('/snooze 1 2h')
  await told(anna, 'Snoozed until', words.id)
  const [open] = house.api.view.openAsks()
  expect((snoozed()?.until ?? 0) - Date.now()).toBeGreaterThan(3_600_000)
  // Over HTTP or from the terminal, with a time that comes at once.
  const until = Date.now() + 300
  const by = { surface: 'http' as const, id: 'dashboard', name: 'dashboard' }
  const store = house.store.read.ask(open?.id ?? '')
  house.store.commit({
    changes: [{ table: 'asks', row: { ...(store as never as object), snoozed: { until, by, at: until } } as never }],
    events: [],
  })
  await house.stop()
  house = await openPhoneApp(home, api)
  const reminder = await told(anna, 'Still waiting for you', ask.id)
  expect([reminder.silent, reminder.replyTo]).toEqual([false, ask.id])
  expect(snoozed()).toBeUndefined()
  anna.taps('Tomorrow', { message: reminder.id })
  await reads(anna, reminder, '💤 Snoozed until tomorrow 08:00')
  anna.says('/approve')
  await reads(anna, reminder, /^✅ Approved by Anna \(Telegram\), \S+\nStart task 1: First\?$/)
  expect(buttonsOf(reminder)).toBeUndefined()
})
