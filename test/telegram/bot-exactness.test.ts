import { globSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import type { Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, type PhoneAppOptions, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

const TWO = `# Tasks
## Task 1: First
**Requires Approval:** true
**Claude Instruction:**
rehearse: edit one.txt "1"

## Task 2: Second
**Requires Approval:** true
**Claude Instruction:**
rehearse: edit two.txt "2"
`

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp | undefined
const open = async (options?: PhoneAppOptions) => {
  house = await openPhoneApp(home, api, options)
  return house
}
const askNow = () => house?.api.view.openAsks()[0]

beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(TWO))
})
afterEach(async () => {
  await house?.stop()
  house = undefined
})

test('strangers hear nothing, whatever they write or tap, in private and in a group', async () => {
  await open({ allowed: [4711] })
  const mallory = api.person({ id: 666, name: 'Mallory' })
  api.group({ id: -100123, title: 'Friends' })
  anna.says('/start')
  const approval = await told(anna, 'Start task 1')
  const ask = askNow()
  mallory.says('/start')
  mallory.says('/approve')
  // A group that nobody named, with an allowed user in it.
  anna.says('/approve', { chat: -100123 })
  mallory.forges(`${ask?.id}:approve`, mallory.says('hello').id)
  anna.says('/help')
  await told(anna, 'Answer questions with their buttons')
  expect(mallory.sees().messages.filter((message) => message.from.isBot)).toEqual([])
  expect(anna.sees({ chat: -100123 }).messages.filter((message) => message.from.isBot)).toEqual([])
  expect(askNow()?.id).toBe(ask?.id)
  expect(latest(approval).keyboard).toBeDefined()
})

test('while nobody is allowed, the asker is told their own id and nothing else happens', async () => {
  await open({ allowed: [] })
  anna.says('/start')
  await told(anna, 'TELEGRAM_ALLOWED_USERS=4711')
  expect(house?.api.view.runs()).toEqual([])
})

test('forged, foreign, repeated and stale taps change nothing, and the person hears why', async () => {
  await open()
  anna.says('/start')
  const first = await told(anna, 'Start task 1')
  const ask = askNow()
  const forged = [
    ['nonsense', 'Unknown button'],
    ['unknown-ask:approve', 'no such question'],
    [`${ask?.id}:allow`, 'not one of the choices'],
    [`${ask?.id}:send-back`, 'not one of the choices'],
    [`${ask?.id}:p0.7`, 'no longer open'],
    [`${ask?.id}:answer`, 'not one of the choices'],
  ]
  for (const [data = '', words] of forged) {
    const { text, alert } = await anna.forges(data, first.id).answer()
    expect(text).toContain(words)
    expect(alert).toBe(true)
  }
  expect(askNow()?.id).toBe(ask?.id)

  const [tap, again] = [anna.taps('Approve'), anna.taps('Reject')]
  expect((await tap.answer()).text).toBe('Approved')
  expect((await again.answer()).text).toContain('Already decided: Approved by Anna')
  await told(anna, 'Start task 2')
  // The first message's data must not decide the second ask.
  const stale = await anna.forges(`${ask?.id}:reject`, first.id).answer()
  expect(stale.text).toContain('Already decided')
  expect(askNow()?.task).toBe(2)
})

test('/approve decides only what stood in the chat before it was written', async () => {
  await open()
  anna.says('/approve')
  await told(anna, 'is waiting for an answer')
  anna.says('/start')
  await told(anna, 'Start task 1')
  // Written while the first was asked, and read when the second is.
  api.faults.add({ methods: ['getUpdates'], times: 1_000, trouble: { kind: 'status', code: 502 } })
  const help = anna.says('/help')
  await told(anna, 'Answer questions with their buttons', help.id)
  const early = anna.says('/approve')
  await house?.api.submit(
    { type: 'approve', target: { askId: askNow()?.id ?? '' } },
    { surface: 'terminal', id: 'bernd', name: 'bernd' },
  )
  await told(anna, 'Start task 2')
  api.faults.clear()
  await told(anna, 'A new question has just arrived', early.id)
  expect(askNow()?.task).toBe(2)
  const late = anna.says('/reject not today')
  await told(anna, 'Rejected.', late.id)
  await told(anna, /Stopped|Finished|All done/)
  const [one, two] = house?.api.view.tasks(house.api.view.runs()[0]?.id ?? '') ?? []
  expect([one?.status, two?.status]).toEqual(['done', 'skipped'])
  expect(two?.result).toContain('not today')
})

test('a command that replies to a message decides what that message asks, and nothing else', async () => {
  await open()
  const begin = anna.says('/start')
  const approval = await told(anna, 'Start task 1')
  const queued = anna.sees().messages.find((message) => message.from.isBot && message.id > begin.id)
  const wrong = anna.replies(queued?.id === approval.id ? begin.id : (queued?.id ?? 0), '/approve')
  await told(anna, 'The message you replied to does not ask anything', wrong.id)
  expect(askNow()?.task).toBe(1)
  const right = anna.replies(approval.id, '/approve')
  await told(anna, 'Approved.', right.id)
  await told(anna, 'Start task 2')
})

test('a reply to a copy that was sent in doubt answers what the copy shows', async () => {
  await open()
  // The first message says that it begins, the second asks.
  api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'slow', delayMs: 1 } })
  api.faults.add({ methods: ['sendMessage'], trouble: { kind: 'reset', when: 'after' } })
  await house?.api.submit({ type: 'start' }, { surface: 'terminal', id: 'bernd', name: 'bernd' })
  await told(anna, /Start task 1[\s\S]*Sent again/)
  const [first] = anna.sees().messages.filter((message) => latest(message).text.includes('Start task 1'))
  expect(latest(first as NonNullable<typeof first>).text).not.toContain('Sent again')
  const vague = anna.replies(first?.id ?? 0, 'maybe later')
  await told(anna, 'cannot be answered like that', vague.id)
  const command = anna.replies(first?.id ?? 0, '/approve')
  await told(anna, 'Approved.', command.id)
})

test('when the terminal answers first, the message on the phone says so, and a later tap is told who it was', async () => {
  await open()
  anna.says('/start')
  const approval = await told(anna, 'Start task 1')
  const ask = askNow()
  const late = () => anna.forges(`${ask?.id}:approve`, approval.id).answer()
  await house?.api.submit(
    { type: 'reject', target: { askId: ask?.id ?? '' }, text: 'too early' },
    { surface: 'terminal', id: 'bernd', name: 'bernd' },
  )
  await reads(anna, approval, /❌ Rejected by bernd \(terminal\)/)
  expect(latest(approval).keyboard).toBeUndefined()
  expect((await late()).text).toContain('Already decided: Rejected by bernd')
})

test('taps made while the daemon was down count after the restart, if their ask is still open', async () => {
  await open()
  anna.says('/start')
  const approval = await told(anna, 'Start task 1')
  await house?.stop()
  const tap = anna.taps('Approve')
  await open()
  expect((await tap.answer()).text).toBe('Approved')
  await reads(anna, approval, 'Approved by Anna (Telegram)')
  await told(anna, 'Task 1 of 2 is done')
  expect(anna.sees().messages.filter((message) => latest(message).text.includes('Start task 1'))).toHaveLength(1)
})

test('what happened while Telegram was away is told in order afterwards, once', async () => {
  await open()
  anna.says('/start')
  await told(anna, 'Start task 1')
  await api.away()
  const ask = askNow()
  await house?.api.submit(
    { type: 'approve', target: { askId: ask?.id ?? '' } },
    { surface: 'terminal', id: 'bernd', name: 'bernd' },
  )
  await expect.poll(() => askNow()?.task).toBe(2)
  // A new life with what the old one could not send.
  await house?.stop()
  await api.back()
  await open()
  await told(anna, 'Start task 2')
  const texts = anna
    .sees()
    .messages.filter((m) => m.from.isBot)
    .map((message) => latest(message).text)
  const receipt = texts.findIndex((text) => text.includes('Task 1 of 2 is done'))
  const second = texts.findIndex((text) => text.includes('Start task 2'))
  expect(receipt).toBeGreaterThan(-1)
  expect(second).toBeGreaterThan(receipt)
  const unmarked = texts.filter((text) => text.includes('is done') && !text.includes('Sent again'))
  expect(unmarked.length).toBeLessThanOrEqual(1)
}, 30_000)

test('secrets in tasks, answers and names of files never reach the chat or the report', async () => {
  const secret = 'sk_planted&more_0123456789'
  home.write(
    'tasks/today.md',
    `# Tasks\n## Task 1: Uses ${secret}\n**Requires Approval:** true\n**Claude Instruction:**\nUse ${secret}\nrehearse: say ${secret}\nrehearse: ask "Is it right that ${secret}?" Yes|${secret}\n`,
  )
  await open({ secrets: [secret] })
  anna.says('/start')
  await told(anna, 'Start task 1')
  anna.taps('Approve')
  await told(anna, 'Claude asks')
  anna.says('/status')
  anna.says('/tasks')
  anna.says('/logs')
  await told(anna, 'Log of task 1')
  anna.taps('Yes')
  await told(anna, 'All done')
  anna.says(`/start ${secret}.md`)
  await told(anna, 'No such file: [redacted]')
  anna.sends({ name: `${secret}.txt`, content: 'anything' })
  await told(anna, 'Saved as .baton/inbox/redacted')
  expect(JSON.stringify(api.calls)).not.toContain('planted')
  expect(JSON.stringify(house?.errors)).not.toContain('planted')
  const report = () => globSync(`${home.dir}/logs/*/report.md`)[0]
  await expect.poll(report).toBeDefined()
  expect(readFileSync(report() ?? '', 'utf8')).not.toContain('planted')
})
