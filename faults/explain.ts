import { readFileSync } from 'node:fs'
import { next } from '../src/core/next.ts'
import { openStore } from '../src/store/store.ts'
import type { FaultHome } from './home.ts'
import type { Person } from './person.ts'
import { commandOf, processesWith } from './processes.ts'
import type { RunnerProcess } from './runner-process.ts'

const LAST_EVENTS = 25
const LAST_LINES = 12

/** Everything about a Baton in which nothing moves, as lines for the one who has to find out why. */
export function explainStuck(home: FaultHome, runner: RunnerProcess, person: Person): string {
  return asLines([
    ...homeLines(home),
    `not confirmed to the person: ${[...person.unconfirmed()].join(', ') || 'nothing'}`,
    ...runner.told.slice(-LAST_LINES).map((told) => `told: ${JSON.stringify(told)}`),
    `stderr: ${runner.stderr().slice(-2_000) || 'nothing'}`,
  ])
}

/** The same where a daemon is driven from elsewhere. */
export const explainHome = (home: FaultHome): string => asLines(homeLines(home))

const asLines = (lines: readonly string[]): string => lines.map((line) => `\n      ${line}`).join('')

const homeLines = (home: FaultHome): string[] => [
  ...storeLines(home),
  ...processesWith('BATON_REHEARSAL_JOURNAL', home.journal).map((pid) => `process ${pid}: ${commandOf(pid)}`),
  ...lastLines(home.journal).map((line) => `witness: ${line}`),
]

function storeLines({ stateDir }: FaultHome): string[] {
  const store = openStore<unknown>(stateDir)
  try {
    const { read } = store
    const state = read.state(read.queues()[0]?.name ?? 'main')
    const step = next(state, Date.now())
    const attempts = [...state.attempts.values()]
    return [
      `now ${new Date().toISOString()}; next is ${step.do}${'why' in step ? ` (${step.why})` : ''}${'task' in step ? `, task ${step.task?.number}` : ''}`,
      `queue: ${JSON.stringify(state.queue)}`,
      ...[...state.tasks.values()].map(
        ({ number, phase, attemptId, continuation, attempts: tries, failures }) =>
          `task ${number}: ${JSON.stringify({ phase, attemptId, continuation, tries, failures })}`,
      ),
      ...attempts.map(({ taskId: _, runId: __, ...attempt }) => `attempt: ${JSON.stringify(attempt)}`),
      ...[...state.asks.values()].map(
        ({ id, task, kind, state, parked, delivered, answer, attemptId }) =>
          `ask: ${JSON.stringify({ id, task, kind, state, parked, delivered, choice: answer?.choice, attemptId })}`,
      ),
      ...store.inbox.pending().map((item) => `inbox: ${JSON.stringify(item)}`),
      ...read
        .events({ limit: 1_000_000 })
        .slice(-LAST_EVENTS)
        .map(({ at, type, text }) => `event ${new Date(at).toISOString()} ${type}: ${text}`),
      ...attempts.slice(-1).flatMap(({ rawFile }) => lastLines(rawFile).map((line) => `agent: ${line}`)),
    ]
  } finally {
    store.close()
  }
}

function lastLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES)
  } catch {
    return []
  }
}
