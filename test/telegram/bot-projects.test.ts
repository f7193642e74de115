import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import type { BotApi } from '../support/bot-api/server.ts'
import type { Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'
import { setPhone } from '../support/set-phone.ts'

const ASKS_FIRST = '## Task 1: First\n**Requires Approval:** true\n**Run:** true\n'
const TWO = 'projects:\n  web:\n    path: .\n  api:\n    path: .\n'

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp

const ask = (line: string, words: string | RegExp) => told(anna, words, anna.says(line).id)

beforeEach(async () => {
  ;({ api, anna, home } = await setPhone(ASKS_FIRST, TWO))
  home.write('tasks/web/a.md', ASKS_FIRST)
  home.write('tasks/api/a.md', ASKS_FIRST)
  house = await openPhoneApp(home, api)
})
afterEach(async () => {
  await house.stop()
})

const texts = () => anna.sees().messages.filter(({ from }) => from.isBot)
const askedIn = () => house.api.view.openAsks().map(({ queue }) => queue)

test('without a name a command means the project at work, a reply the one of its message; of two at work it is asked which', async () => {
  await ask('/start api', 'Start task 1?')
  await ask('/pause after', 'Will pause after')
  expect(house.api.view.status('api').paused).toBeDefined()
  await ask('/resume', 'Resumed')
  await ask('/start web', 'Start task 1?')
  await ask('/skip not today', 'Which project?')
  expect(askedIn()).toHaveLength(2)
  const which = texts().at(-1) as ChatMessage
  expect(
    latest(which)
      .keyboard?.flat()
      .map(({ text }) => text),
  ).toEqual(['web', 'api'])
  anna.taps('web')
  await reads(anna, which, /^web · ✅ Skipped/)
  expect(latest(which).keyboard).toBeUndefined()
  expect(house.api.view.latestRun('web')).toMatchObject({ counts: { skipped: 1 } })
  expect(house.api.view.task(house.api.view.latestRun('web')?.id ?? '', 1)?.result).toContain('not today')
  expect(askedIn()).toEqual(['api'])
  const receipt = await told(anna, 'Task 1 was skipped')
  await ask('/skip', 'Skipped')
  expect(house.api.view.openAsks()).toEqual([])
  await told(anna, 'Task 1 starts over', anna.replies(receipt.id, '/retry').id)
  expect(house.api.view.status('web').run?.endedAt).toBeUndefined()
})

test('where two projects ask at once, a command that names one of them decides there, and one that names none is asked back', async () => {
  await ask('/start web', 'Start task 1?')
  await ask('/start api', 'Start task 1?')
  const back = await ask('/reject not before the release', 'Which one?')
  expect(
    latest(back)
      .keyboard?.flat()
      .map(({ text }) => text),
  ).toEqual([expect.stringMatching(/^web · 1 · /), expect.stringMatching(/^api · 1 · /)])
  anna.taps('web · 1 · Start task 1: First?')
  await reads(anna, back, /^web · ✅ Rejected/)
  expect(askedIn()).toEqual(['api'])
  const { id } = house.api.view.latestRun('web') ?? {}
  expect(house.api.view.task(id ?? '', 1)?.result).toContain('not before the release')
  await ask('/approve api', 'Approved')
  expect(house.api.view.openAsks()).toEqual([])
})

test('every message names its project first, and the looks at everything show each with a total', async () => {
  await ask('/start', 'Which project?')
  anna.taps('api')
  await told(anna, 'Start task 1?')
  await ask('/start tasks/web/a.md', 'Start task 1?')
  const status = await ask('/status', '2 projects')
  expect(latest(status).text).toMatch(/web · ✋[\s\S]*api · ✋[\s\S]*Total\n2 runs, 0 of 2 done · 2 waiting for you/)
  expect(latest(status).text).toContain('1 · First\nStart it? · waiting')
  const labels = (message: ChatMessage) =>
    latest(message)
      .keyboard?.flat()
      .map(({ text }) => text)
  expect(labels(status)?.slice(0, 2)).toEqual([
    expect.stringMatching(/^(web|api) · Start task 1: /),
    expect.stringMatching(/^(web|api) · Start task 1: /),
  ])
  const yes = await ask('yes', 'Is this your decision?')
  expect(labels(yes)?.slice(0, 2)).toEqual([
    expect.stringMatching(/^(web|api) · Approve: Start/),
    expect.stringMatching(/^(web|api) · Approve: Start/),
  ])
  await ask('/tasks', /web · tasks[\s\S]*api · tasks[\s\S]*Total 0 of 2 done/)
  await ask('/cost', /web[\s\S]*api[\s\S]*Total/)
  anna.taps('api')
  await told(anna, /^api · 💰/)
  await ask('/approve web', 'Approved')
  await told(anna, 'All done')
  const [whole, ofOne] = [/^(❔ Which|📊|📋|💰|✏️)/, /^(web|api) · /]
  for (const { versions } of texts())
    for (const { text } of versions) expect(text, text).toMatch(whole.test(text) ? whole : ofOne)
  expect(house.errors).toEqual([])
})
