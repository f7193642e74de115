import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Config } from '../../src/config/types.ts'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'
import { openPhoneApp, type PhoneApp, reads, told } from '../support/phone.ts'

// What people mean by a word, a number or a reply, where something else would be as near.

const APPROVAL = '**Requires Approval:** true\n'
const TWO_PROJECTS = 'projects:\n  web:\n    path: .\n  api:\n    path: .\n'
/** A task file; a task is what the agent does, after a field if need be. */
const fileOf = (...tasks: (string | { field: string; acts: string })[]) =>
  tasks
    .map((task, i) => {
      const { field, acts } = typeof task === 'string' ? { field: '', acts: task } : task
      return `## Task ${i + 1}: Part ${i + 1}\n${field}**Claude Instruction:**\n${acts}\n`
    })
    .join('\n')

let api: BotApi
let anna: Person
let home: Home
let house: PhoneApp
beforeEach(async () => {
  api = await startBotApi()
  anna = api.person({ id: 4711, name: 'Anna' })
})
afterEach(async () => {
  await house.stop()
  await api.close()
  home.remove()
})

async function open(tasks: string, config = '', change?: (config: Config) => void): Promise<void> {
  home = createHome(tasks, config)
  house = await openPhoneApp(home, api, change && { change })
}
/** Writes a line and settles with the bot's answer that reads like `words`. */
const ask = (line: string, words: string | RegExp = /./) => told(anna, words, anna.says(line).id)
const reply = (to: ChatMessage, line: string, words: string | RegExp) => told(anna, words, anna.replies(to.id, line).id)
/** The message of the running task may name what is asked before the ask itself has come. */
const tap = async (label: string) => {
  const isThere = ({ versions }: ChatMessage) =>
    versions
      .at(-1)
      ?.keyboard?.flat()
      .some(({ text }) => text === label)
  await expect.poll(() => anna.sees().messages.some(isThere)).toBe(true)
  anna.taps(label)
}
const isRunning = (number = 1) =>
  expect
    .poll(() => house.api.view.task(house.api.view.latestRun()?.id ?? '', number)?.status, { interval: 20 })
    .toBe('running')

test('words about a message of an earlier run do not reach the task of the same number', async () => {
  await open(fileOf('rehearse: wait 1s'))
  home.write('tasks/two.md', fileOf('rehearse: wait 3s'))
  await ask('/start today', /Started|Queued/)
  const progress = await told(anna, /Task 1 · running/)
  const offer = await ask('later', 'What should I do with this')
  const buttons = () =>
    anna
      .sees()
      .messages.find(({ id }) => id === offer.id)
      ?.versions.at(-1)
      ?.keyboard?.flat() ?? []
  const send = buttons().find(({ text }) => text === 'Send to task 1')?.callback_data as string
  await told(anna, '1 of 1 done')
  await expect.poll(() => buttons().map(({ text }) => text)).not.toContain('Send to task 1')
  await ask('/start two', /Started|Queued/)
  await isRunning()
  await reply(progress, 'mend the first thing', 'What should I do with this')
  // A client that still shows the button.
  anna.forges(send, offer.id)
  await reads(anna, offer, 'belongs to an earlier run')
})

test('the field of one question does not answer the next one', async () => {
  await open(fileOf('rehearse: ask "Colour?" Red|Blue\nrehearse: ask "Shape?" Round|Square'))
  await ask('/start', /Started|Queued/)
  await told(anna, /Claude asks[\s\S]*Colour\?/)
  await tap('Other…')
  const field = await told(anna, 'Your own answer')
  await tap('Red')
  await told(anna, /Claude asks[\s\S]*Shape\?/)
  await reply(field, 'a dark red', 'no longer')
  expect(house.api.view.openAsks()).toHaveLength(1)
})

test('/retry as a reply to a receipt means the task of the receipt', async () => {
  await open(fileOf('rehearse: say x', 'rehearse: wait 4s'))
  await ask('/start', /Started|Queued/)
  const receipt = await told(anna, 'Task 1 of 2 is done')
  await isRunning(2)
  await reply(receipt, '/retry', 'Task 1 starts over')
})

test('/pause --after-task lets the task end, and while its approval is open it says that it comes before', async () => {
  await open(fileOf({ field: APPROVAL, acts: 'rehearse: wait 2s' }))
  await ask('/start', /Started|Queued/)
  await told(anna, 'Start task 1')
  await ask('/pause —after-task', 'Will pause after the running task')
  await ask('/status', 'Will pause before this task')
})

test('a refused ceiling does not count as tries', async () => {
  await open(fileOf({ field: '**Budget:** 0.000001\n', acts: 'rehearse: say a\nrehearse: fail always' }))
  await ask('/start', /Started|Queued/)
  await told(anna, "Task 1's budget")
  await tap('Reject')
  expect(latest(await told(anna, 'Failed')).text).toMatch(/Failed (once|twice)/)
})

test('/say while the result is looked at promises nothing', async () => {
  await open(fileOf('rehearse: say x'), 'approval:\n  review: always\n')
  await ask('/start', /Started|Queued/)
  await told(anna, 'Accept task 1')
  await ask('/say also do that', 'gets this only if the task is retried or sent back')
})

test('a task that is tried again later does not count the time in between', async () => {
  await open(fileOf('rehearse: say x'))
  await ask('/start', /Started|Queued/)
  await told(anna, '1 of 1 done')
  const endedAt = performance.now()
  await sleep(3_000)
  await ask('/retry 1', 'starts over')
  const receipt = latest(await told(anna, '2 attempts')).text
  expect(Number(/(\d+) s ·/.exec(receipt)?.[1])).toBeLessThan((performance.now() - endedAt) / 1_000 - 2)
})

test('what is asked is said though a usage limit holds the queue, and a held queue does not run', async () => {
  await open(fileOf('rehearse: limit 60s', { field: APPROVAL, acts: 'rehearse: say x' }))
  await ask('/start', /Started|Queued/)
  await told(anna, "Claude's 5-hour limit; resumes")
  await ask('/skip', 'Skipped')
  await told(anna, 'Start task 2')
  await ask('/status', 'Start it?')
  await ask('/approve', 'Approved')
  expect(latest(await ask('/status')).text).not.toContain('Running')
})

test('a reply to a reminder is a reply to what it reminds of', async () => {
  await open(fileOf({ field: APPROVAL, acts: 'rehearse: say x' }), '', (config) => {
    config.chat.remindAfterMs = 300
  })
  await ask('/start', /Started|Queued/)
  await reply(await told(anna, 'Still waiting'), '/approve', 'Approved')
})

test.each([
  ['1, 3', ['Red', 'Green, dark']],
  ['green, dark', ['Green, dark']],
  ['1, and something else', ['1, and something else']],
])('“%s” to a question with several answers', async (words, answers) => {
  await open(fileOf('rehearse: ask "Which?" Red|Blue|Green, dark (multi)'))
  await ask('/start', /Started|Queued/)
  const question = await told(anna, /Claude asks/)
  anna.replies(question.id, words)
  await reads(anna, question, 'Answered')
  const [asked] = house.api.view.asksOfRun(house.api.view.latestRun()?.id ?? '')
  expect(asked?.answer?.answers).toEqual({ 'Which?': answers.join(', ') })
})

test('/resume does not do again what a later run has done', async () => {
  await open(fileOf('rehearse: wait 1s'))
  await ask('/start', /Started|Queued/)
  await isRunning()
  await ask('/stop', 'Stopped with')
  await ask('/start', /Started|Queued/)
  await told(anna, '1 of 1 done')
  await ask('/resume', 'Nothing is paused')
})

test('what stands still is not set going by /pause after, and what was stopped says why and how it goes on', async () => {
  await open(fileOf('rehearse: wait 5s'))
  await ask('/start', /Started|Queued/)
  await isRunning()
  await ask('/pause', 'Paused')
  await ask('/pause after', 'Already paused')
  expect(house.api.view.status().paused?.mode).toBe('now')
  await ask('/stop enough for today', 'Stopped with')
  await ask('/status', /Nothing is running[\s\S]*enough for today[\s\S]*\/resume to continue it/)
  await ask('/resume', 'Resumed')
  await ask('/skip', 'Skipped')
  await told(anna, /🏁 Finished\n[\s\S]*0 of 1 done · 1 skipped/)
})

test('a raised ceiling is the one that /status and /cost show', async () => {
  await open(fileOf('rehearse: say x', 'rehearse: wait 3s'), 'budget:\n  day_usd: 0.001\n')
  await ask('/start', /Started|Queued/)
  await told(anna, "Today's budget")
  await ask('/approve', 'Approved')
  for (const look of ['/status', '/cost']) expect(latest(await ask(look)).text).not.toContain('of $0.001')
})

test('a task that was rewritten while it was queued is said to have been done as it was', async () => {
  await open(fileOf('rehearse: wait 1s', 'rehearse: say old'))
  await ask('/start', /Started|Queued/)
  await isRunning()
  home.write('tasks/today.md', fileOf('rehearse: wait 1s', 'rehearse: edit new.txt "new"'))
  await told(anna, /Task 2 is done, but: its text in tasks\/today\.md has changed/)
  expect(home.read('tasks/today.md')).toMatch(/Part 2\n\*\*Status:\*\* done/)
})

test('of several projects /status shows each that has something to say, and words are told to the one that is named', async () => {
  await open('', TWO_PROJECTS, (config) => {
    for (const project of config.projects) project.claude.command = config.projects[0].claude.command
  })
  for (const name of ['web', 'api']) home.write(`tasks/${name}/a.md`, fileOf('rehearse: wait 5s'))
  await ask('/start api', /Started|Queued/)
  await expect.poll(() => house.api.view.status('api').live).toBeDefined()
  expect(latest(await ask('/status')).text).not.toContain('Nothing is running')
  await ask('/start web', /Started|Queued/)
  await expect.poll(() => house.api.view.status('web').live).toBeDefined()
  const offer = await ask('words', 'What should I do with this')
  expect(
    latest(offer)
      .keyboard?.flat()
      .map(({ text }) => text),
  ).toEqual(['Send to web, task 1', 'Send to api, task 1', 'Add as a task to web', 'Add as a task to api'])
})
