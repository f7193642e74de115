import { AGENT_KINDS, type AgentKind, CLOCKS_MS } from '../agent-kinds.ts'
import { createFaultHome } from '../home.ts'
import { killNow, processesWith, waitedMs } from '../processes.ts'
import type { Random } from '../random.ts'
import type { Row, RowRun } from '../row.ts'
import { startRunner } from '../runner-process.ts'

const AT_ONCE = 4
const GRACE_MS = 10_000
const CONFIG = [
  'retries: 0',
  'on_failure: continue',
  'timeouts:',
  ...Object.entries(CLOCKS_MS).map(([name, ms]) => `  ${name}: ${ms}ms`),
  '',
].join('\n')

/** The event by which it is seen what became of the task. */
const BECOMES = { done: 'task.done', failed: 'task.failed', held: 'queue.held', asked: 'ask.opened' } as const

/** The agent goes wrong in every way there is. */
export const agentRow: Row = {
  number: 10,
  title: 'the agent goes wrong in every way it knows',
  unit: 'agents',
  sizes: { test: AGENT_KINDS.length, small: AGENT_KINDS.length, large: 1_000 },
  controls: [
    { breaks: 'no result counts', size: AGENT_KINDS.length },
    { breaks: 'children stay', size: AGENT_KINDS.length },
  ],
  async run(run) {
    const kinds = Array.from({ length: run.size }, (_, i) =>
      varied(AGENT_KINDS[i % AGENT_KINDS.length] as AgentKind, i, run.random),
    )
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let kind = kinds.shift(); kind && !run.isEnough(); kind = kinds.shift()) await play(run, kind)
    })
    await Promise.all(workers)
  },
}

/** The first time round each kind as it is; later with something ordinary before it. */
function varied(kind: AgentKind, i: number, random: Random): AgentKind {
  if (i < AGENT_KINDS.length || kind.clock === 'start') return kind
  const before = random.pick([
    ['say Hello.'],
    ['edit a.txt "a"'],
    ['wait 300ms'],
    ['edit a.txt "a"', 'say Hello.', 'wait 100ms'],
  ])
  return { ...kind, steps: [...before, ...kind.steps] }
}

async function play(run: RowRun, kind: AgentKind): Promise<void> {
  const instruction = kind.steps.map((step) => `rehearse: ${step}`).join('\n')
  const home = createFaultHome(`## Task 1: Job 1\n**Claude Instruction:**\n${instruction}\n`, CONFIG)
  const runner = startRunner(home, { breaks: run.breaks })
  const name = kind.steps.slice(0, 3).join(', ')
  const fail = (what: string) => run.fail(`${name}: ${what}`)
  try {
    await runner.until('opened')
    runner.say({ do: 'command', key: 'start', command: { type: 'start' } })
    const limitMs = (kind.clock === undefined ? 0 : CLOCKS_MS[kind.clock]) + GRACE_MS
    const started = await runner.until('event', ({ event }) => event.type === 'task.started')
    const waitedBeforeMs = waitedMs(runner.pid)
    // The machine may be slow to start it; what is measured is told by the events themselves.
    const ended = await runner.until('event', ({ event }) => event.type === 'attempt.ended', limitMs + 20_000)
    if (!started || !ended) return fail(`no outcome at all: ${JSON.stringify(runner.told.slice(-3))}`)
    const tookMs = Math.round(ended.event.at - started.event.at - waitedMs(runner.pid) + waitedBeforeMs)
    run.measure('outcome after ms, beyond its clock', tookMs - limitMs + GRACE_MS)
    if (tookMs > limitMs)
      fail(`its outcome came after ${tookMs} ms and its waiting for a processor, its limit is ${limitMs}`)
    const { outcome } = ended.event.data ?? {}
    if (outcome !== kind.outcome) fail(`its outcome was ${String(outcome)} and not ${kind.outcome}`)
    const left = processesWith('BATON_REHEARSAL_JOURNAL', home.journal).filter((pid) => pid !== runner.pid)
    // A task that is resumed at once has its next process already.
    if (left.length > 0 && kind.outcome !== 'limit') fail(`${left.length} processes are left`)
    const next = await runner.until(
      'event',
      ({ event }) => event.type === BECOMES[kind.becomes] || /^task\.(done|failed)$/.test(event.type),
      15_000,
    )
    const came = (Object.keys(BECOMES) as AgentKind['becomes'][]).find((one) => BECOMES[one] === next?.event.type)
    if (came !== kind.becomes) fail(`it is ${came ?? 'nowhere'} and not ${kind.becomes}`)
    const errors = runner.told.filter((told) => told.is === 'error')
    if (errors.length > 0) fail(`errors of Baton's own: ${JSON.stringify(errors[0])}`)
    runner.say({ do: 'memory' })
    const memory = await runner.until('memory')
    if (memory) run.measure('memory of the runner, MB', memory.rssBytes / 1e6)
    run.count(kind.becomes)
  } finally {
    runner.kill('SIGTERM')
    await runner.ended
    killNow(processesWith('BATON_REHEARSAL_JOURNAL', home.journal))
    home.remove()
  }
}
