import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { latest } from '../support/bot-api/conversation.ts'
import { type BotApi, startBotApi } from '../support/bot-api/server.ts'
import { createHome, type Home } from '../support/home.ts'

const PROCESS = join(import.meta.dirname, '../support/phone-process.ts')
const TASKS = [1, 2, 3]
  .map(
    (n) => `## Task ${n}: T${n}\n**Requires Approval:** true\n**Claude Instruction:**\nrehearse: edit ${n}.txt "x"\n`,
  )
  .join('\n')
const LIVES = 5

let api: BotApi
let home: Home
let life: ChildProcess | undefined
afterEach(async () => {
  life?.kill('SIGKILL')
  await api.close()
  home.remove()
})
/** `killAt`: where the life ends itself, if it comes there in its time. */
const live = (killAt?: string) => {
  const env = { ...process.env, ...(killAt !== undefined && { BATON_KILL_AT: killAt }) }
  life = spawn(process.execPath, [PROCESS, home.dir, api.root, api.token], { stdio: 'ignore', env })
  return life
}

test('kill -9 at any moment loses no message and no tap, and repeats only what was in doubt, marked as such', async () => {
  api = await startBotApi()
  const anna = api.person({ id: 4711, name: 'Anna' })
  home = createHome(`# T\n${TASKS}`)
  anna.says('/start')
  const tapped = new Set<string>()
  const tapWhatIsOpen = () => {
    for (const message of anna.sees().messages) {
      const data = latest(message)
        .keyboard?.flat()
        .find(({ text }) => text === 'Approve')?.callback_data
      if (data === undefined || tapped.has(data)) continue
      tapped.add(data)
      anna.taps('Approve', { message: message.id })
    }
  }
  const texts = () =>
    anna
      .sees()
      .messages.filter(({ from }) => from.isBot)
      .map((message) => latest(message).text)
  let endedAtPoint = 0
  for (let n = 0; n < LIVES; n++) {
    // Telegram has it, and nothing is noted of it yet: the worst moment of all.
    const isAtPoint = n % 2 === 0
    const child = live(isAtPoint ? `notified:${1 + (n % 4) / 2}` : undefined)
    const exited = once(child, 'exit')
    const until = performance.now() + (isAtPoint ? 20_000 : 900 + Math.random() * 900)
    while (performance.now() < until && child.signalCode === null) {
      tapWhatIsOpen()
      await sleep(20)
    }
    if (child.signalCode !== null) endedAtPoint++
    child.kill('SIGKILL')
    await exited
  }
  live()
  await expect
    .poll(
      () => {
        tapWhatIsOpen()
        return texts().some((text) => text.includes('3 of 3 done\n')) || texts().join('\n---\n')
      },
      { interval: 50 },
    )
    .toBe(true)
  // A later edit may take the mark away again.
  const unmarked = anna
    .sees()
    .messages.filter(({ from, versions }) => from.isBot && !versions.some(({ text }) => text.includes('Sent again')))
  const counted = (words: string) => unmarked.filter((message) => latest(message).text.includes(words))
  for (const n of [1, 2, 3]) {
    const once = (words: string) =>
      expect(counted(words).length, `${words}\n${texts().join('\n---\n')}`).toBeLessThanOrEqual(1)
    once(`Start task ${n} of 3?`)
    once(`Task ${n} of 3 is done`)
    expect(texts().some((text) => text.includes(`Task ${n} of 3 is done`))).toBe(true)
  }
  expect(tapped.size).toBe(3)
  expect(endedAtPoint).toBeGreaterThan(0)
  expect(counted('Started 3 tasks').length).toBeLessThanOrEqual(1)
}, 120_000)
