import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Script } from '../support/messages-api.ts'
import { calls, runs, says } from '../support/messages-replies.ts'
import { createRealBaton, type RealBaton, type ShownAsk } from '../support/real-baton.ts'

const TASK = '## Task 1: Paint it\n**Claude Instruction:**\nPaint the house.\n'
const APPEND = `node -e "require('fs').appendFileSync('made', 'x'); console.log('app' + 'ended')"`
const QUESTIONS = { 'Which colour?': 'Blue', 'Which size?': 'L' }

/** What Claude hears when the process that should answer it is gone; it must not hear any of it. */
const REFUSED = /doesn't want to|stream closed|permission request failed|rejected/i

/** A question of AskUserQuestion. */
const asks = (question: string, label: string) =>
  calls({
    name: 'AskUserQuestion',
    input: {
      questions: [
        {
          question,
          header: 'Pick',
          options: [label, 'Other'].map((one) => ({ label: one, description: one })),
          multiSelect: false,
        },
      ],
    },
  })

/** Asks, makes a call that needs a yes, then runs something long: each step follows from what its session holds. */
function painter(questions: Partial<typeof QUESTIONS>, isLong: boolean): Script {
  return ({ body, prompt }) => {
    const seen = JSON.stringify(body.messages)
    for (const [question, answer] of Object.entries(questions)) {
      if (seen.includes(`=\\"${answer}\\"`) || seen.includes(`The answer: ${answer}`)) continue
      return seen.includes(question) ? says(`Nobody told me: ${question}`) : asks(question, answer)
    }
    if (!seen.includes('appended')) {
      const isNext = !seen.includes('appendFileSync') || prompt.includes('Approved: run exactly that again')
      return isNext ? runs(APPEND) : says('Not allowed to append.')
    }
    if (!isLong) return says('Painted.')
    if (!seen.includes('sleep 300')) return runs('touch begun; sleep 300')
    return says(/interrupted|last try of this task failed/.test(prompt) ? 'Painted.' : `What now? ${prompt}`)
  }
}

const newBaton = (hold: string, questions: Partial<typeof QUESTIONS>, { isLong }: { isLong: boolean }) =>
  createRealBaton(
    TASK,
    { claude: `  hold: ${hold}\n  allowed_tools: ["Bash(touch *)", "Bash(sleep *)"]\n` },
    painter(questions, isLong),
  )

/** The transcript is written up to 0.1 s late; a death before that may leave no session to continue. */
const TRANSCRIPT_MS = 400

/** The ask is where it stays: in a live process that waits, or in a session without one. */
async function settled(baton: RealBaton, hold: string): Promise<void> {
  if (hold === '0') await baton.until('the end of Claude', () => isParked(baton))
  else await sleep(TRANSCRIPT_MS)
}

const isParked = async (baton: RealBaton) =>
  ((await baton.task()).attempt_list.every(({ live }) => !live) && baton.processes().length === 0) || undefined

/** The end of the task, with everything that must hold whatever has died. */
async function expectPainted(baton: RealBaton, given: ShownAsk[]): Promise<void> {
  await baton.until('the end', async () => ((await baton.task()).status === 'done' ? true : undefined))
  const { result, attempt_list: attempts, asks } = await baton.task()
  expect(result).toBe('Painted.')
  expect(asks.map(({ id, state }) => ({ id, state }))).toEqual(given.map(({ id }) => ({ id, state: 'answered' })))
  expect(baton.home.read('made')).toBe('x')
  expect(attempts).toHaveLength(1)
  const sessions = join(baton.home.dir, 'sessions/projects')
  const transcripts = readdirSync(sessions).flatMap((folder) => readdirSync(join(sessions, folder)))
  expect(transcripts.filter((name) => name.endsWith('.jsonl'))).toEqual([`${attempts[0]?.claude_session}.jsonl`])
  const told = baton.api.requests.flatMap(({ toolResults }) => toolResults.filter(({ text }) => REFUSED.test(text)))
  expect(told).toEqual([])
  await baton.until('the end of every process', () => baton.processes().length === 0 || undefined)
}

// Most of the time processes start or wait.
describe.concurrent('kill -9 during a question, a permission and a running command', () => {
  it.each([
    { killed: 'daemon', hold: '10m', questions: { 'Which colour?': 'Blue' } },
    { killed: 'claude', hold: '10m', questions: { 'Which colour?': 'Blue' } },
    { killed: 'both', hold: '10m', questions: { 'Which colour?': 'Blue' } },
    { killed: 'daemon', hold: '0', questions: QUESTIONS },
  ] as const)(
    'of $killed with hold $hold: each ask is still open, its answer continues the session, each call is made once',
    async ({ killed, hold, questions }) => {
      await using baton = await newBaton(hold, questions, { isLong: true })
      const die = async () => {
        await baton.kill(killed)
        if (killed !== 'claude') await baton.up()
      }
      await baton.up()
      await baton.run()
      const given: ShownAsk[] = []
      for (const [question, answer] of [...Object.entries(questions), ['appendFileSync', 'yes'] as const]) {
        const kind = answer === 'yes' ? 'permission' : 'question'
        const ask = await baton.ask(kind, question)
        await settled(baton, hold)
        const asked = baton.api.requests.length
        await die()
        await baton.until('the end of Claude', () => isParked(baton))
        await sleep(TRANSCRIPT_MS)
        expect(await baton.ask(kind, question)).toEqual(ask)
        // With nobody there, nothing has gone on.
        expect(baton.processes()).toEqual([])
        expect(baton.api.requests).toHaveLength(asked)
        given.push(ask)
        await baton.answer(ask, answer)
      }
      await baton.until('the command', () => baton.home.read('begun') === '' || undefined)
      await sleep(TRANSCRIPT_MS)
      await die()
      await expectPainted(baton, given)
    },
  )

  it.each(['10m', '0'])(
    'of the daemon between an answer and Claude hearing it (hold %s): it is heard all the same',
    async (hold) => {
      await using baton = await newBaton(hold, { 'Which colour?': 'Blue' }, { isLong: false })
      // The second act of this life is the answer: taken, but nothing is decided by it yet.
      await baton.up({ BATON_KILL_AT: 'stored:2' })
      await baton.run()
      const question = await baton.ask('question')
      await settled(baton, hold)
      expect(await baton.answer(question, 'Blue')).toBeUndefined()
      await baton.ended()
      // The first is the answer of the life before; the second is decided, and Claude has not heard it.
      await baton.up({ BATON_KILL_AT: 'answered:2' })
      const permission = await baton.ask('permission')
      await settled(baton, hold)
      expect(await baton.answer(permission, 'yes')).toBeUndefined()
      await baton.ended()
      await baton.up()
      await expectPainted(baton, [question, permission])
    },
  )
})
