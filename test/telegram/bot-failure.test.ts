import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import type { Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

const TASKS = `# Tasks

## Task 1: Write two files
**Verify:**
- test -f two.txt || { echo there is no two.txt; exit 3; }

**Claude Instruction:**
rehearse: edit one.txt "1"
`

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp
beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(TASKS, 'retries: 0\n'))
  home.repository()
  house = await openPhoneApp(home, api)
})
afterEach(async () => {
  await house.stop()
})

const buttonsOf = (message: ChatMessage) =>
  latest(message)
    .keyboard?.flat()
    .map(({ text }) => text)
const times = (text: string, words: string) => text.split(words).length - 1
const status = () => house.api.view.task(house.api.view.latestRun()?.id ?? '', 1)?.status

test('a failure says what failed, what Claude said last and what the check printed, each once, and a hint goes with the retry', async () => {
  anna.says('/start')
  const failure = await told(anna, 'Task 1 failed')
  const { text } = latest(failure)
  expect(text).toContain('(exit code 3)')
  expect(times(text, 'there is no two.txt\n'), text).toBe(1)
  expect(times(text, 'wrote one.txt'), text).toBe(1)
  expect(text).not.toContain('Last log lines')
  expect(buttonsOf(failure)).toEqual(['Retry', 'Skip', 'Undo', 'Stop', 'Retry with a hint', 'Snooze'])
  anna.taps('Retry with a hint')
  await told(anna, 'What should Claude do differently?')
  anna.says('write two.txt as well')
  await reads(anna, failure, /Retried by Anna[\s\S]*write two.txt as well/)
  await expect.poll(() => house.api.view.openAsks().length).toBe(1)
  const again = await told(anna, 'Failed twice', failure.id)
  anna.taps('Skip', { message: again.id })
  const receipt = await told(anna, 'was skipped')
  expect(times(latest(receipt).text, 'there is no two.txt\n')).toBeLessThanOrEqual(1)
  expect(house.errors).toEqual([])
})

test('a failed task is undone from the message that says so, and its result offers to do it again', async () => {
  anna.says('/start')
  const failure = await told(anna, 'Task 1 failed')
  expect(home.read('one.txt')).toBe('1')
  anna.taps('Undo', { message: failure.id })
  await reads(anna, failure, 'Undone by Anna')
  const receipt = await told(anna, 'Task 1 was undone')
  await expect.poll(status).toBe('undone')
  expect(() => home.read('one.txt')).toThrow()
  expect(buttonsOf(receipt)).toContain('Redo')
  anna.taps('Redo', { message: receipt.id })
  await told(anna, 'Failed once', receipt.id)
  expect(house.errors).toEqual([])
})
