import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type ChatMessage, latest } from '../support/bot-api/conversation.ts'
import type { Person } from '../support/bot-api/people.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'

const PROCESS = join(import.meta.dirname, '../support/phone-process.ts')
const TASKS = `# Tasks

## Task 1: First
**Claude Instruction:**
rehearse: edit one.txt "1"

## Task 2: Second
**Verify:**
- test -f three.txt

**Claude Instruction:**
rehearse: edit two.txt "2"

## Task 3: Third
**Claude Instruction:**
rehearse: wait 60s
`
/** What is still going on, as a headline or a sentence of Baton's own says it. */
const GOING_ON =
  /^\P{L}*(Starting|Stopping|Pausing|Resuming|Retrying|Redoing|Undoing|Skipping|Restoring|Landing|Bringing|Snoozing|Approving|Answering)\b|…$/mu
/** A message about a task that nobody works on any more. */
const AT_WORK = /^\S+ Task \d+ of \d+ · (running|checking|merging)/

const PATIENT = { timeout: 60_000, interval: 50 }

let api: BotApi
let home: Home
let life: ChildProcess | undefined
afterEach(async () => {
  life?.kill('SIGKILL')
  await api.close()
  home.remove()
})

const live = () => {
  life = spawn(process.execPath, [PROCESS, home.dir, api.root, api.token], { stdio: 'ignore' })
}
/** Dies in the middle of what was just wanted, and lives again. */
const dieSoon = async (afterMs: number) => {
  await sleep(afterMs)
  const dead = life && once(life, 'exit')
  life?.kill('SIGKILL')
  await dead
  live()
}

/** Each life begins as a process of its own. */
async function told(person: Person, words: string | RegExp, after = 0): Promise<ChatMessage> {
  const messages = () => person.sees().messages.filter(({ id, from }) => from.isBot && id > after)
  const reads = (text: string) => (typeof words === 'string' ? text.includes(words) : words.test(text))
  const find = () => messages().findLast((message) => reads(latest(message).text))
  const all = () => messages().map((message) => latest(message).text)
  await expect.poll(() => find() !== undefined || `${words} among:\n${all().join('\n---\n')}`, PATIENT).toBe(true)
  return find() as ChatMessage
}

test('after kills in the middle of each act nothing in the chat is still going on, and each act has its result', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(TASKS, 'retries: 0\n')
  home.repository()
  // Soon, and later: before the act is stored, while it is done, and while it is told.
  const afterMs = [0, 40, 150, 400, 15, 250, 80, 600]
  let nth = 0
  const cut = () => dieSoon(afterMs[nth++ % afterMs.length] as number)
  const tap = async (message: ChatMessage, button: string, result: string | RegExp) => {
    anna.taps(button, { message: message.id })
    await cut()
    return told(anna, result, 0)
  }
  live()
  anna.says('/start')
  const failed = await told(anna, 'Task 2 of 3 failed')
  await tap(failed, 'Retry', 'Failed twice')
  const again = await told(anna, 'Failed twice')
  await tap(again, 'Undo', 'Task 2 of 3 was undone')
  expect(() => readFileSync(join(home.dir, 'two.txt'))).toThrow()
  // The third one runs now.
  await told(anna, /Task 3 of 3 · running/)
  anna.says('/pause')
  await cut()
  await told(anna, /Task 3 of 3 · paused/)
  anna.says('/resume')
  await cut()
  await told(anna, /Task 3 of 3 · running/)
  anna.says('/stop')
  await cut()
  await told(anna, /⏹ Stopped/)
  anna.says('/undo 1')
  const plan = await told(anna, 'Undo task 1 (First)?')
  anna.taps('Undo', { message: plan.id })
  await cut()
  await told(anna, 'Task 1 of 3 was undone')
  const receipt = await told(anna, 'Task 1 of 3 was undone')
  await tap(receipt, 'Redo', /Task 1 starts over|Task 1 of 3 (·|is done)/)
  // The one that had begun goes first.
  await told(anna, /Task 3 of 3 · running/)
  anna.says('/skip 3')
  await cut()
  await told(anna, 'Task 3 of 3 was skipped')
  await told(anna, 'Task 1 of 3 is done')
  await told(anna, /🏁 Finished[\s\S]*1 of 3 done/)

  const texts = () =>
    anna
      .sees()
      .messages.filter(({ from, deletedAt }) => from.isBot && deletedAt === undefined)
      .map((message) => latest(message).text)
  const left = () => texts().filter((text) => GOING_ON.test(text) || AT_WORK.test(text))
  await expect.poll(left, PATIENT).toEqual([])
}, 600_000)
