import { usd } from '../../text/amounts.ts'
import { taskPassed } from '../advance.ts'
import { withdrawAsk } from '../asks/asks.ts'
import { openCredentials, openWorkspace } from '../asks/gates.ts'
import { grantUnheard, unheardAnswers } from '../asks/undelivered-answers.ts'
import { deployLater } from '../deploy/gate.ts'
import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { laneCount } from '../lanes/lanes.ts'
import { leasesAfterBoot } from '../lanes/lease.ts'
import { reachedCeiling, remainingUsd, spend } from '../limits/budget.ts'
import { keepShare, limitName } from '../limits/plan-share.ts'
import { endTrial } from '../limits/trial.ts'
import { withProof } from '../proof/findings.ts'
import { DONE_BEFORE, firstCheckFailed, isFirstCheck } from '../proof/first-check.ts'
import { hasEnded } from '../state.ts'
import { continueTask, isAlone, stopRun, taskFailed } from '../tasks.ts'
import { taskSubject } from '../text.ts'
import type { Attempt, Outcome, Task } from '../types.ts'

const OVERLOAD_BACKOFF_MS = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000]
/** A limit without a reset time is tried again after this long. */
const UNKNOWN_RESET_MS = 15 * 60_000
/** The reset time comes in whole seconds; resuming a moment later avoids being refused once more. */
const AFTER_RESET_MS = 1_000
/** Still refused after the announced reset: a clock is wrong, and asking again at once would never end. */
const PAST_RESET_MS = 30_000
/** No limit lasts longer; a reset beyond it comes from a wrong clock, and is checked again. */
const LONGEST_LIMIT_MS: Record<string, number> = { five_hour: 5 * 3_600_000 }
const LONGEST_MS = 8 * 24 * 3_600_000

/** A process of an attempt ended; what that means for the task. */
export function ended(draft: Draft, { attemptId, outcome, proof, checkpointAfter }: InputOf<'ended'>): void {
  const attempt = draft.attempt(attemptId)
  if (!attempt?.live) return
  const row = closeAttempt(draft, attempt, outcome, checkpointAfter)
  spend(draft, row.taskId, row.costUsd - attempt.costUsd)
  const before = draft.task(row.taskId)
  const task: Task = {
    ...before,
    turns: before.turns + row.turns - attempt.turns,
    ...(proof && { proof: withProof(before.proof, proof) }),
  }
  draft.put({ table: 'tasks', row: task })
  const text = `${taskSubject(task)}: ${outcome.text}`
  draft.emit('attempt.ended', {
    task,
    text,
    data: { attempt: row.number, outcome: outcome.kind, costUsd: row.costUsd, turns: row.turns },
  })
  tellOverlaps(draft, task, before)
  keepShare(draft, outcome)
  endTrial(draft, task.id, outcome.kind)
  // Skipped, stopped for good or restarted meanwhile: only the facts are kept.
  if (hasEnded(task) || task.phase !== 'working' || task.attemptId !== attemptId) return
  afterProcess(draft, task, outcome, row.costUsd - attempt.costUsd)
}

/** Told at once: the receipt comes only after the checks and the landing, when one of the two has to resolve it already. */
function tellOverlaps(draft: Draft, task: Task, before: Task): void {
  const told = new Set(before.proof?.findings?.map(({ text }) => text))
  for (const { kind, text } of task.proof?.findings ?? [])
    if (kind === 'overlap' && !told.has(text))
      draft.emit('note', { task, text: `Task ${task.number}: ${text}`, data: { about: 'overlap' } })
}

function closeAttempt(draft: Draft, attempt: Attempt, outcome: Outcome, checkpointAfter: string | undefined): Attempt {
  const { pid: _p, pidStartedAt: _s, ...rest } = attempt
  const row: Attempt = {
    ...rest,
    live: false,
    endedAt: draft.now,
    outcome: outcome.kind,
    costUsd: Math.max(attempt.costUsd, outcome.sessionCostUsd ?? 0),
    turns: Math.max(attempt.turns, outcome.turns ?? 0),
    ...(checkpointAfter !== undefined && { checkpointAfter }),
  }
  draft.put({ table: 'attempts', row })
  return row
}

function afterProcess(draft: Draft, task: Task, outcome: Outcome, spentUsd: number): void {
  const queue = draft.queue()
  if (outcome.kind !== 'overloaded' && queue.overloads > 0)
    draft.put({ table: 'queue', row: { ...queue, overloads: 0 } })
  const open = draft.asksOf(task.id).filter((ask) => ask.state === 'open')
  if (outcome.concerns === 'run') {
    // It is nobody's fault, and a person is asked once, however many tasks met it.
    continueTask(draft, task, task.continuation ?? { reason: 'fresh' })
    if (isAlone(draft, task.runId)) stopRun(draft, task.runId, outcome.text)
    else if (!draft.openAsks().some(({ about, runId }) => about === 'workspace' && runId === task.runId))
      openWorkspace(draft, task, outcome.text)
    return
  }
  switch (outcome.kind) {
    case 'done': {
      for (const ask of open) withdrawAsk(draft, ask, 'Claude has finished')
      const worked: Task = { ...task, outcome: 'done', result: outcome.result ?? outcome.text }
      if (worked.spec.verify.length > 0 || draft.policy.hasChecks(worked.spec)) {
        const { continuation: _, ...row } = worked
        draft.put({ table: 'tasks', row: { ...row, phase: 'verifying' } })
        draft.emit('task.verifying', { task: row, text: `Task ${task.number}: running checks` })
      } else taskPassed(draft, worked)
      return
    }
    case 'parked':
    case 'deferred':
    case 'interrupted':
      if (outcome.isUnbegun) {
        deployLater(draft, task)
        return
      }
      if (outcome.kind !== 'deferred') deferralUnknown(draft, task)
      interrupted(draft, task, queue.paused ? 'paused' : 'interrupted')
      return
    case 'limit': {
      hold(draft, 'limit', draft.now + limitMs(outcome, draft.now), limitName(outcome.limitType))
      keepGoing(draft, task, 'limit')
      return
    }
    case 'overloaded': {
      keepGoing(draft, task, 'overload')
      // Every lane meets the same outage: it counts once.
      if (queue.hold?.why === 'overload' && queue.hold.until > draft.now) return
      const overloads = queue.overloads + 1
      const backoffMs = OVERLOAD_BACKOFF_MS[Math.min(overloads, OVERLOAD_BACKOFF_MS.length) - 1] as number
      draft.put({ table: 'queue', row: { ...draft.queue(), overloads } })
      hold(draft, 'overload', draft.now + backoffMs, outcome.text)
      return
    }
    case 'credentials':
      keepGoing(draft, task, 'credentials')
      if (isAlone(draft, task.runId)) stopRun(draft, task.runId, outcome.text)
      else if (!draft.openAsks().some(({ about }) => about === 'credentials'))
        openCredentials(draft, task, outcome.text)
      return
    case 'budget':
      // The ceiling given to Claude was the lowest of task, run and day; advance opens the ask for the one that is reached.
      // If that was only its share of a ceiling, it continues with what the others leave.
      if (reachedCeiling(draft, task) || hasShareLeft(draft, task, spentUsd)) keepGoing(draft, task, 'budget')
      else taskFailed(draft, task, outcome)
      return
    case 'crashed':
    case 'no-result':
      deferralUnknown(draft, task)
      // It died while it only waited (the system was short of memory, somebody killed it): the answer still counts.
      if (open.some((ask) => ask.tool)) interrupted(draft, task, 'interrupted')
      else {
        grantUnheard(draft, task)
        taskFailed(draft, task, outcome)
      }
      return
    default:
      for (const ask of open) withdrawAsk(draft, ask, outcome.text)
      taskFailed(draft, task, outcome)
  }
}

/**
 * The process ended without saying that it has put its call off, so that nobody knows whether the session has noted it. A
 * session without that note would wait in silence for words, so words it gets; one that has it asks once more, and is
 * answered from what is stored.
 */
function deferralUnknown(draft: Draft, task: Task): void {
  for (const ask of draft.asksOf(task.id))
    if (ask.parked === 'deferred' && !ask.delivered) draft.put({ table: 'asks', row: { ...ask, parked: 'terminated' } })
}

/** The process is gone and its session waits: for an open ask, or for its turn. */
function interrupted(draft: Draft, task: Task, reason: 'paused' | 'interrupted'): void {
  const open = draft.asksOf(task.id).filter((ask) => ask.state === 'open' && ask.tool)
  for (const ask of open) if (!ask.parked) draft.put({ table: 'asks', row: { ...ask, parked: 'terminated' } })
  if (open.length > 0) {
    // Its answer will say how to continue.
    draft.put({ table: 'tasks', row: task })
  } else if (unheardAnswers(draft, task).length > 0 && task.continuation?.words === undefined) {
    continueWithAnswers(draft, task)
  } else {
    // Messages that never reached Claude are kept.
    continueTask(draft, task, task.continuation ?? { reason })
  }
}

/** All asks of a process that is gone are answered: the session resumes with the answers. */
export function continueWithAnswers(draft: Draft, task: Task): void {
  grantUnheard(draft, task)
  continueTask(draft, task, { reason: 'answer', askIds: unheardAnswers(draft, task).map(({ id }) => id) })
}

/** Its own ceiling is not reached, it came closer to one that it shares, and others have or had their part of that. */
function hasShareLeft(draft: Draft, task: Task, spentUsd: number): boolean {
  return spentUsd > 0 && laneCount(draft) > 1 && remainingUsd(draft, task) !== undefined
}

function keepGoing(draft: Draft, task: Task, reason: 'limit' | 'overload' | 'credentials' | 'budget'): void {
  // What has not reached Claude yet (a failure's text, an answer) must still be sent.
  continueTask(draft, task, task.continuation ?? { reason })
}

/** How long to wait for a usage limit. */
function limitMs({ resetsAt, limitType = '' }: Outcome, now: number): number {
  if (resetsAt === undefined) return UNKNOWN_RESET_MS
  const leftMs = resetsAt + AFTER_RESET_MS - now
  return leftMs <= 0 ? PAST_RESET_MS : Math.min(leftMs, LONGEST_LIMIT_MS[limitType] ?? LONGEST_MS)
}

/** Another project of the same login met its usage limit. */
export function heldElsewhere(draft: Draft, { hold }: InputOf<'held-elsewhere'>): void {
  const { hold: held } = draft.queue()
  if (!held || held.until < hold.until) draft.put({ table: 'queue', row: { ...draft.queue(), hold } })
}

function hold(draft: Draft, why: 'limit' | 'overload', until: number, text: string): void {
  const { hold: held } = draft.queue()
  // Every lane meets the same limit: the one that lasts longest counts, and is reported once.
  if (held?.why === why && held.until > draft.now && held.until >= until && held.text === text) return
  draft.put({ table: 'queue', row: { ...draft.queue(), hold: { why, until, since: draft.now, text } } })
  draft.emit('queue.held', { text: `Waiting: ${text}`, data: { why, until } })
}

/** The checks of a task ran. */
export function checked(draft: Draft, { taskId, ok, text, proof, sendBack }: InputOf<'checked'>): void {
  const before = draft.task(taskId)
  if (before.phase !== 'verifying') return
  const task: Task = { ...before, proof: withProof(before.proof, proof) }
  draft.put({ table: 'tasks', row: task })
  const first = isFirstCheck(before)
  const data = { ok, ...(first && { first }), ...proof }
  draft.emit('task.checked', { task, text: `Task ${task.number}: ${first && !ok ? 'not done yet' : text}`, data })
  if (first) {
    // Where nothing could be run, nothing has passed.
    const isChecked = task.proof?.checks.length !== 0 || task.proof.criteria !== undefined
    if (ok && isChecked) taskPassed(draft, { ...task, firstCheck: 'passed', outcome: 'done', result: DONE_BEFORE })
    else firstCheckFailed(draft, task, isChecked ? text : undefined)
    return
  }
  if (ok) taskPassed(draft, task)
  else if (sendBack && !task.sentBack)
    continueTask(draft, { ...task, sentBack: 1 }, { reason: 'sent-back', words: text })
  else if (sendBack) draft.put({ table: 'tasks', row: { ...task, phase: 'review' } })
  else taskFailed(draft, task, { kind: 'failed', text })
}

/** After a crash: what was running is shown as interrupted, and everything decided before still holds. */
export function boot(draft: Draft): void {
  leasesAfterBoot(draft)
  for (const attempt of draft.liveAttempts()) {
    const outcome: Outcome = { kind: 'interrupted', text: 'interrupted: Baton or the machine stopped' }
    closeAttempt(draft, attempt, outcome, undefined)
    const task = draft.task(attempt.taskId)
    if (hasEnded(task) || task.phase !== 'working' || task.attemptId !== attempt.id) continue
    // A session that never spoke may not exist: start over rather than fail to resume.
    deferralUnknown(draft, task)
    if (attempt.heard) interrupted(draft, task, 'interrupted')
    else continueTask(draft, task, task.continuation ?? { reason: 'fresh' })
    draft.emit('task.interrupted', {
      task,
      text: `${taskSubject(task)} was interrupted; resuming`,
      data: { attempt: attempt.number, costUsd: usd(task.costUsd) },
    })
  }
}

/** The session could not be picked up as planned: by words instead, or from the beginning. */
export function continuationLost(draft: Draft, { attemptId, fresh }: InputOf<'continuation-lost'>): void {
  const attempt = draft.attempt(attemptId)
  if (!attempt) return
  const task = draft.task(attempt.taskId)
  for (const ask of draft.asksOf(task.id)) {
    if (ask.parked === 'deferred') draft.put({ table: 'asks', row: { ...ask, parked: 'terminated' } })
  }
  if (fresh) continueTask(draft, task, { ...task.continuation, reason: 'fresh' })
}
