import type { StreamMessage } from '../claude/messages.ts'
import type { ClaudeAsk, ClaudeHandlers, ClaudeProcess, ClaudeStart, Ended, EndReason } from '../claude/types.ts'
import type { ClaudeRequest } from '../core/inputs.ts'
import { deferredAsk } from '../core/requests.ts'
import type { Outcome, Proof, Task } from '../core/types.ts'
import { createAsking } from './asking.ts'
import type { Dispatcher } from './dispatch.ts'
import type { LiveBoard } from './live.ts'
import { type AttemptPlan, planAttempt } from './plan-attempt.ts'
import type { Reached } from './points.ts'
import type { TaskLog } from './task-log.ts'

/** Everything that work on a task needs from outside. */
export interface WorkPorts {
  dispatcher: Dispatcher
  board: LiveBoard
  now: () => number
  newId: () => string
  newUuid: () => string
  /** Absolute folder of a task's work; throws with words for people when it is missing. */
  folderOf: (task: Task) => string
  logsDir: string
  openLog: (files: { logFile: string; rawFile: string }) => TaskLog
  /** Program, arguments, environment, limits and prompt of the next process. */
  startOf: (task: Task, plan: AttemptPlan) => ClaudeStart
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  /** `before`: what earlier processes of the attempt took. */
  classify: (ended: Ended, before: { turns: number; costUsd: number }) => Outcome
  describe: (ask: ClaudeAsk, task: Task, cwd: string) => ClaudeRequest
  /** Follows messages and tells what Claude is doing. */
  follow: (cwd: string) => Follower
  /** Looks at the project before and after: checkpoints, changed files, git facts, claims. */
  evidence: Evidence
  /** How long an ask holds the process, ms. */
  holdMs: () => number
  reached: Reached
  isStopping: () => boolean
  onError: (error: unknown) => void
  /** Work of a Run task; the same life as a process of Claude. */
  runCommands: (task: Task, plan: AttemptPlan, log: TaskLog, isWanted: () => boolean) => Promise<Outcome>
}

/** Reads the stream of one process. */
export interface Follower {
  take: (message: StreamMessage) => { activity?: string; log?: string[]; finishedToolUseIds: string[] }
  turns: () => number
  acted: () => Acted
}

/** What Claude did in a process, as far as its tool calls tell. */
export interface Acted {
  /** Shell commands, as it wrote them. */
  commands: string[]
  /** Names of all tools it used. */
  tools: string[]
  /** Files that it wrote with tools for that, as it named them. */
  written: string[]
}

/** What is noted before an attempt and found after it. */
export interface Evidence {
  before: (task: Task, plan: AttemptPlan) => Promise<{ checkpointBefore?: string; headBefore?: string }>
  /** `acted`: what the agent did; absent when that is not known in full. */
  after: (
    task: Task,
    plan: AttemptPlan,
    outcome: Outcome,
    acted: Acted | undefined,
  ) => Promise<{ proof: Partial<Proof>; checkpointAfter?: string }>
}

const SECOND_MS = 1_000
/** The pid is stored after this at the latest; a crash before is covered by the attempt's mark in the environment. */
const SPAWN_NOTE_MS = 100

/** Makes the effect that runs one process of a task from its claim to its stored end. */
export function createWork(ports: WorkPorts): (task: Task, isWanted: () => boolean) => Promise<void> {
  const { dispatcher } = ports

  const claim = async (task: Task): Promise<Claim> => {
    const state = dispatcher.state()
    const previous = task.attemptId === undefined ? undefined : state.attempts.get(task.attemptId)
    const deferred = deferredAsk({ ask: (id) => state.asks.get(id) }, task)
    const { logsDir, newId, newUuid } = ports
    const plan = planAttempt(task, previous, { deferred }, { cwd: ports.folderOf(task), logsDir, newUuid, newId })
    // The look at the project goes side by side with Claude's start-up; commands begin at once, so they wait for it.
    const before = plan.isNew ? ports.evidence.before(task, plan) : undefined
    const known = task.spec.run ? await before : undefined
    await dispatcher.record({ type: 'claimed', taskId: task.id, attempt: { ...plan.attempt, ...known } })
    ports.reached('claimed')
    return { plan, before }
  }

  return async (task, isWanted) => {
    let claimed: Claim
    try {
      claimed = await claim(task)
    } catch (error) {
      // What cannot even begin (a missing folder) fails like any other attempt, so that a person is asked.
      await failBeforeStart(ports, task, error)
      return
    }
    const { plan } = claimed
    const log = ports.openLog(plan.attempt)
    try {
      const { outcome, acted } = await processOf(task, claimed, log, isWanted)
      ports.reached('result')
      const { proof, checkpointAfter } = await ports.evidence.after(task, plan, outcome, acted)
      log.line(`■ ${outcome.kind}: ${outcome.text}`)
      await dispatcher.record({
        type: 'ended',
        attemptId: plan.attempt.id,
        outcome,
        proof,
        ...(checkpointAfter !== undefined && { checkpointAfter }),
      })
    } finally {
      ports.board.set(undefined)
      await log.close()
    }
  }

  async function processOf(task: Task, claimed: Claim, log: TaskLog, isWanted: () => boolean): Promise<Finished> {
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
interface Claim {
  plan: AttemptPlan
  before: ReturnType<Evidence['before']> | undefined
}

/** How a process ended, and what it did. */
interface Finished {
  outcome: Outcome
  acted: Acted | undefined
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

/** One process of Claude, with everything that comes and goes while it lives. */
async function runClaude(
  ports: WorkPorts,
  task: Task,
  { plan, before }: Claim,
  log: TaskLog,
  isWanted: () => boolean,
): Promise<Finished> {
  const { dispatcher, board, now } = ports
  const attemptId = plan.attempt.id
  const attempt = dispatcher.state().attempts.get(attemptId)
  const follower = ports.follow(plan.attempt.cwd)
  const startedAt = now()
  let activity = plan.isNew ? 'starting' : 'going on'
  let lastOutputAt = now()
  let heard = false
  let found: { pid: number; pidStartedAt: string } | undefined
  let spawnTimer: NodeJS.Timeout | undefined
  let ending: EndReason | undefined
  const pending = new Set<Promise<unknown>>()
  const later = (work: Promise<unknown>) => {
    const guarded = work.catch(ports.onError).finally(() => pending.delete(guarded))
    pending.add(guarded)
  }

  const show = () => {
    const { costUsd } = dispatcher.state().tasks.get(task.id) ?? task
    board.set({
      runId: task.runId,
      taskId: task.id,
      task: task.number,
      title: task.spec.title,
      activity: asking.isOpen() ? 'waiting for an answer' : activity,
      startedAt,
      turns: task.turns + follower.turns(),
      costUsd,
      lastOutputAt,
      checkedAt: now(),
    })
  }

  const asking = createAsking({
    dispatcher,
    attemptId,
    process: () => process,
    describe: (ask) => ports.describe(ask, dispatcher.state().tasks.get(task.id) ?? task, plan.attempt.cwd),
    holdMs: ports.holdMs,
    reached: ports.reached,
    onVerdict: (request, verdict) =>
      log.line(`? ${request.title}: ${verdict.do}${'message' in verdict ? ` (${verdict.message})` : ''}`),
    onError: ports.onError,
  })

  const noteSpawn = () => {
    clearTimeout(spawnTimer)
    spawnTimer = undefined
    if (found) later(dispatcher.record({ type: 'spawned', attemptId, ...found }).then(() => ports.reached('spawned')))
  }
  const noteHeard = () => {
    if (heard) return
    heard = true
    const isNoted = spawnTimer === undefined
    clearTimeout(spawnTimer)
    const store = async () => {
      const seen = { ...(isNoted ? {} : found), ...(await before) }
      await dispatcher.record({ type: 'heard', attemptId, ...(Object.keys(seen).length > 0 && { found: seen }) })
      if (!isNoted) ports.reached('spawned')
    }
    later(store())
  }

  const handlers: ClaudeHandlers = {
    onSpawn(pid, pidStartedAt) {
      found = { pid, pidStartedAt }
      // One commit for both where Claude speaks soon; the pid of one that does not must not wait for it.
      spawnTimer = setTimeout(noteSpawn, SPAWN_NOTE_MS)
    },
    onRaw: (line) => log.raw(line),
    onMessage(message) {
      lastOutputAt = now()
      if (message.type === 'assistant' || message.type === 'result' || message.type === 'tool_results') noteHeard()
      const told = follower.take(message)
      for (const line of told.log ?? []) log.line(line)
      if (told.activity !== undefined) activity = told.activity
      for (const useId of told.finishedToolUseIds) markDelivered(useId)
      show()
    },
    onAsk(ask) {
      // A session that asks exists, whatever else it has said.
      noteHeard()
      asking.open(ask)
      show()
    },
    onAskWithdrawn: (requestId) => asking.withdrawn(requestId),
  }

  const markDelivered = (useId: string) => {
    for (const ask of dispatcher.state().asks.values()) {
      if (ask.taskId !== task.id || ask.tool?.useId !== useId || ask.state === 'open' || ask.delivered) continue
      later(dispatcher.record({ type: 'delivered', askId: ask.id }))
    }
  }

  const process = ports.startClaude({ ...ports.startOf(task, plan), ...(before && { ready: before }) }, handlers)
  log.line(
    plan.isNew
      ? `▶ ${task.spec.title} (session ${plan.attempt.sessionId})`
      : `▶ goes on (${plan.continuation?.reason ?? 'interrupted'})`,
  )

  /** Brings the process in line with what the state says now. */
  const sync = () => {
    asking.deliver()
    if (!isWanted() && ending === undefined) {
      ending = ports.isStopping() ? 'shutdown' : (endReasonOf(dispatcher, task) ?? 'stop')
      later(asking.parkAll().then(() => process.end(ending as EndReason)))
      return
    }
    const words = dispatcher.state().tasks.get(task.id)?.say ?? []
    if (words.length === 0 || !heard) return
    let taken = 0
    for (const text of words) {
      if (!process.say(text)) break
      log.line(`« ${text}`)
      taken++
    }
    if (taken > 0) later(dispatcher.record({ type: 'said', taskId: task.id, count: taken }))
  }
  const unsubscribe = dispatcher.onCommit(() => queueMicrotask(sync))
  const clock = setInterval(() => {
    show()
    sync()
  }, SECOND_MS)
  sync()
  show()

  const ended = await process.finished
  clearInterval(clock)
  clearTimeout(spawnTimer)
  unsubscribe()
  asking.close()
  while (pending.size > 0) await Promise.all(pending)
  const outcome = ports.classify(ended, { turns: attempt?.turns ?? 0, costUsd: attempt?.costUsd ?? 0 })
  for (const note of ended.notes) log.line(note)
  if (ended.unheard.length > 0) await dispatcher.record({ type: 'unheard', taskId: task.id, words: ended.unheard })
  if (ended.survivors.length > 0)
    ports.onError(new Error(`Could not be ended: ${ended.survivors.map((s) => `${s.pid} ${s.command}`).join(', ')}`))
  // What an earlier process of the same session did is not known here.
  const acted = plan.isNew ? follower.acted() : undefined
  if (!outcome.session) return { outcome, acted }
  await dispatcher.record({ type: 'continuation-lost', attemptId, fresh: outcome.session !== 'not-deferred' })
  const text = 'the session could not be picked up like that; it goes on another way'
  return { outcome: { ...outcome, kind: 'interrupted', text }, acted }
}

function endReasonOf(dispatcher: Dispatcher, task: Task): EndReason | undefined {
  if (dispatcher.state().queue.paused) return 'pause'
  return dispatcher.state().tasks.get(task.id)?.phase === 'skipped' ? 'skip' : undefined
}
