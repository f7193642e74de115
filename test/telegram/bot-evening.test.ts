import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type ChatMessage, type Conversation, latest } from '../support/bot-api/conversation.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

const TASKS = `# Tasks

## Task 1: Add a login endpoint
**Type:** backend
**Requires Approval:** true
**Acceptance Criteria:**
- POST /login answers 200 with a cookie, 401 for a wrong password

**Verify:**
- test -f src/login.ts

**Claude Instruction:**
Write the route in src/login.ts, in the style of the others there.

Hash with scrypt from node:crypto; no new dependency. Limit the tries per address, in memory is enough.

rehearse: ask "How long should a session last?" One day|One week|Until the browser closes
rehearse: ask "Where are the sessions kept?" In memory|In Redis
rehearse: edit src/login.ts "export const login = () => 200\\n"
rehearse: tool Bash {"command": "node migrate.js --to 0007-sessions", "description": "Add the table of sessions"}

## Task 2: Move the settings into the database
**Claude Instruction:**
Move them, then tell what is left.
rehearse: edit src/settings.ts "export const settings = {}\\n"
rehearse: fail-once

## Task 3: Write the changelog
**Claude Instruction:**
rehearse: edit CHANGELOG.md "# 1.1.0\\n"
rehearse: say CHANGELOG.md has an entry for 1.1.0: the login, and the settings in the database.
`

let api: BotApi
let home: Home
let house: PhoneApp | undefined
afterEach(async () => {
  await house?.stop()
  await api.close()
  home.remove()
})

test('an evening with the phone: start, approve, answer, allow, retry, receipts and the table of the run', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(TASKS, 'retries: 0\n')
  home.write('migrate.js', "console.log('0007-sessions is applied')\n")
  home.repository()
  house = await openPhoneApp(home, api)

  anna.says('/start')
  await told(anna, 'Started 3 tasks')

  const approval = await told(anna, 'Start task 1 of 3?')
  expect(approval.silent).toBe(false)
  expect((await anna.taps('Approve').answer()).text).toBe('Approved')
  await reads(anna, approval, /✅ Approved by Anna \(Telegram\)/)
  expect(latest(approval).keyboard).toBeUndefined()

  const question = await told(anna, /Claude asks[\s\S]*How long should/)
  anna.taps('One week')
  await reads(anna, question, 'Where are the sessions kept?')
  anna.taps('Other…')
  await told(anna, 'Your own answer')
  anna.says('In Postgres, we have it anyway')
  await reads(anna, question, /Answered by Anna[\s\S]*One week[\s\S]*In Postgres/)

  const permission = await told(anna, 'Run node migrate.js --to 0007-sessions?')
  await told(anna, 'waiting for you')
  keep('asked.json', since(question, anna.sees()))
  anna.taps('Allow for this task')
  await reads(anna, permission, /Allowed for this task by Anna \(Telegram\)/)
  const receipt = await told(anna, 'Task 1 of 3 is done')
  expect(latest(receipt).text).toContain('src/login.ts')
  expect(receipt.silent).toBe(true)

  const failure = await told(anna, 'Task 2 of 3 failed')
  anna.taps('Retry')
  await reads(anna, failure, 'Retried by Anna')
  await told(anna, 'Task 2 of 3 is done')
  const last = await told(anna, 'Task 3 of 3 is done')
  const table = await told(anna, 'All done')
  expect(latest(table).text).toContain('3 of 3 done')

  const { messages, taps } = anna.sees()
  expect(taps.filter(({ answer }) => answer === undefined)).toEqual([])
  // As many as decisions, and one for the end.
  const loud = messages.filter((message) => message.from.isBot && !message.silent)
  expect(loud.map((message) => latest(message).text.split('\n')[0])).toEqual([
    expect.stringContaining('Start task 1 of 3?'),
    expect.stringContaining('Claude asks'),
    expect.stringContaining('Run node migrate.js --to 0007-sessions?'),
    expect.stringContaining('Task 2 of 3 failed'),
    expect.stringContaining('All done'),
  ])
  expect(house.errors).toEqual([])
  keep('ended.json', since(last, anna.sees()))
})

function since({ id }: ChatMessage, conversation: Conversation): Conversation {
  return { ...conversation, messages: conversation.messages.filter((message) => message.id >= id) }
}

/** `BATON_CHATS=/tmp/chats vitest run test/telegram/bot-evening.test.ts`: scripts/chat-page.ts makes pages of these files. */
function keep(name: string, conversation: Conversation): void {
  const dir = process.env.BATON_CHATS
  if (dir) writeFileSync(join(dir, name), JSON.stringify(conversation))
}
