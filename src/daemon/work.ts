import type { StreamMessage } from '../claude/messages.ts'
import type {
  ClaudeAsk,
  ClaudeHandlers,
  ClaudeProcess,
  ClaudeStart,
  EndedProcess,
  WarmClaude,
} from '../claude/types.ts'
import { findingLine } from '../core/findings.ts'
import type { ClaudeRequest } from '../core/inputs.ts'
import { deferredAsk } from '../core/requests.ts'
import type { Finding, Outcome, Task } from '../core/types.ts'
import type { Acted, Evidence, OpenWorkspace } from '../workspace/workspace.ts'
import type { Dispatcher } from './dispatch.ts'
import type { LiveBoard } from './live.ts'
import type { OwnWatch, WatchOwnFiles } from './own-guard.ts'
import { type AttemptPlan, planAttempt } from './plan-attempt.ts'
import type { Reached } from './points.ts'
import { runClaude } from './run-claude.ts'
import type { TaskLog } from './task-log.ts'
import type { WarmStart } from './warm-start.ts'

/** Everything that work on a task needs from outside. */
export interface WorkPorts {
  dispatcher: Dispatcher
  board: LiveBoard
  now: () => number
  newId: () => string
  newUuid: () => string
  /** Opens the folder of a task's work; throws with words for people when there can be none. */
  open: (task: Task) => Promise<OpenWorkspace>
  logsDir: string
  redact: (text: string) => string
  openLog: (files: { logFile: string; rawFile: string }) => TaskLog
  /** Program, arguments, environment, limits and prompt of the next process. */
  startOf: (task: Task, plan: AttemptPlan, own: Pick<OwnWatch, 'rules' | 'guard'>) => ClaudeStart
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  /** Starts the next task's Claude while this one is checked; absent: each is started when its turn comes. */
  warmStart?: WarmStart
  /** `before`: what earlier processes of the attempt took. */
  classify: (ended: EndedProcess, before: { turns: number; costUsd: number }) => Outcome
  describe: (ask: ClaudeAsk, task: Task, cwd: string) => ClaudeRequest
  /** Follows messages and tells what Claude is doing. */
  follow: (cwd: string) => StreamFollower
  /** Looks at the project before and after: checkpoints, changed files, git facts, claims. */
  evidence: Evidence
  watchOwnFiles: WatchOwnFiles
  /** How long an ask holds the process, ms. */
  holdMs: () => number
  reached: Reached
  isStopping: () => boolean
  onError: (error: unknown) => void
  /** Work of a Run task; the same life as a process of Claude. */
  runCommands: (task: Task, plan: AttemptPlan, log: TaskLog, isWanted: () => boolean) => Promise<Outcome>
}

/** Reads the stream of one process. */
export interface StreamFollower {
  take: (message: StreamMessage) => { activity?: string; log?: string[]; finishedToolUseIds: string[] }
  turns: () => number
  acted: () => Acted
}

/** Makes the effect that runs one process of a task from its claim to its stored end. */
export function createWork(ports: WorkPorts): (task: Task, isWanted: () => boolean) => Promise<void> {
  const { dispatcher } = ports

  /** Undefined when it was called off meanwhile. */
  const claim = async (task: Task, isWanted: () => boolean): Promise<Claim | undefined> => {
    const place = await ports.open(task)
    const state = dispatcher.state()
    const previous = task.attemptId === undefined ? undefined : state.attempts.get(task.attemptId)
    const deferred = deferredAsk({ ask: (id) => state.asks.get(id) }, task)
    const { logsDir, newId, newUuid, redact } = ports
    const where = { place, logsDir, newUuid, newId, redact }
    const warm = await ports.warmStart?.take(task)
    const plan = warm?.plan ?? planAttempt(task, previous, { deferred }, where)
    // The look at the project goes side by side with Claude's start-up; commands begin at once, so they wait for it.
    const before = plan.isNew ? ports.evidence.before(task, plan) : undefined
    const known = task.spec.run ? await before : undefined
    if (!isWanted()) {
      await warm?.claude.discard()
      return undefined
    }
    try {
      await dispatcher.record({ type: 'claimed', taskId: task.id, attempt: { ...plan.attempt, ...known } })
    } catch (error) {
      await warm?.claude.discard()
      throw error
    }
    ports.reached('claimed')
    // Commands of a task are the user's own words.
    const own = task.spec.run ? undefined : ports.watchOwnFiles(task, place.tree)
    return { plan, before, ...(own && { own }), ...(warm && { warm: warm.claude }) }
  }

  return async (task, isWanted) => {
    let claimed: Claim | undefined
    try {
      claimed = await claim(task, isWanted)
    } catch (error) {
      if (!isWanted()) return
      // What cannot even begin (a missing folder) fails like any other attempt, so that a person is asked.
      await failBeforeStart(ports, task, error)
      return
    }
    if (!claimed) return
    const { plan } = claimed
    const log = ports.openLog(plan.attempt)
    try {
      const { outcome, acted, findings = [] } = await processOf(task, claimed, log, isWanted)
      ports.reached('result')
      const found = [...findings, ...((await claimed.own?.end()) ?? [])]
      const { proof, checkpointAfter } = await ports.evidence.after(task, plan, outcome, acted)
      for (const finding of found) log.line(`! ${findingLine(finding)}`)
      log.line(`■ ${outcome.kind}: ${outcome.text}`)
      await dispatcher.record({
        type: 'ended',
        attemptId: plan.attempt.id,
        outcome,
        proof: found.length > 0 ? { ...proof, findings: [...(proof.findings ?? []), ...found] } : proof,
        ...(checkpointAfter !== undefined && { checkpointAfter }),
      })
      if (outcome.kind === 'done') ports.warmStart?.prepare(task, true)
    } finally {
      ports.board.clear(task.id)
      await log.close()
    }
  }

  async function processOf(
    task: Task,
    claimed: Claim,
    log: TaskLog,
    isWanted: () => boolean,
  ): Promise<FinishedProcess> {
    try {
      if (task.spec.run)
        return { outcome: await ports.runCommands(task, claimed.plan, log, isWanted), acted: undefined }
      return await runClaude(ports, task, claimed, log, isWanted)
    } catch (error) {
      // A defect of ours must not take the queue down with it: the attempt fails, and a person is asked.
      ports.onError(error)
      const text = `Baton itself failed: ${error instanceof Error ? error.message : String(error)}`
      return { outcome: { kind: 'failed', text }, acted: undefined }
    }
  }
}

/** A claimed attempt, and the look at the project that it begins with. */
export interface Claim {
  plan: AttemptPlan
  before: ReturnType<Evidence['before']> | undefined
  /** Absent for commands. */
  own?: OwnWatch
  /** Its process, where it was started ahead. */
  warm?: WarmClaude
}

/** How a process ended, and what it did. */
export interface FinishedProcess {
  outcome: Outcome
  acted: Acted | undefined
  /** What got in its way, and what it left behind. */
  findings?: Finding[]
}

async function failBeforeStart(
  { dispatcher, newId, newUuid, now }: WorkPorts,
  task: Task,
  error: unknown,
): Promise<void> {
  const text = error instanceof Error ? error.message : String(error)
  const id = newId()
  const attempt = { id, sessionId: newUuid(), cwd: '', logFile: '', rawFile: '', startedAt: now() }
  await dispatcher.record({ type: 'claimed', taskId: task.id, attempt })
  await dispatcher.record({ type: 'ended', attemptId: id, outcome: { kind: 'failed', text } })
}
