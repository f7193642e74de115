import { plural, usd } from '../text/amounts.ts'
import { reachedCeiling } from './budget.ts'
import type { Draft } from './draft.ts'
import { toDecide, undecidedText } from './findings.ts'
import { doneText, ready } from './first-check.ts'
import { needsApproval, needsReview, openApproval, openBudget, openFailure, openReview } from './gates.ts'
import { release } from './release.ts'
import { hasEnded } from './state.ts'
import { endTask, isAlone, stopRun, taskFailed } from './tasks.ts'
import { taskSubject } from './text.ts'
import type { Run, Task } from './types.ts'

/**
 * Drives everything that follows by itself from what has just changed: holds run out, gates open their asks, runs begin
 * and end. It runs after every input, so that no state needs a person to move on unless an ask says so.
 */
export function settle(draft: Draft): void {
  const { hold } = draft.queue()
  if (hold && hold.since > draft.now) {
    // The clock was set back: from now on the wait is as long as it was meant to be, and not as much longer as the jump.
    const until = draft.now + hold.until - hold.since
    draft.put({ table: 'queue', row: { ...draft.queue(), hold: { ...hold, since: draft.now, until } } })
  } else if (hold && hold.until <= draft.now) {
    release(draft, true)
  }
  for (let run = draft.openRuns()[0]; run; run = draft.openRuns()[0]) {
    if (settleRun(draft, run)) return
  }
  // A pause belongs to the work that was going on; the next start must not find itself paused.
  const { paused, ...queue } = draft.queue()
  if (paused) draft.put({ table: 'queue', row: queue })
}

/** Settles the oldest open run; false when it ended and the next one has its turn. */
function settleRun(draft: Draft, run: Run): boolean {
  const task = currentTask(draft, run.id)
  if (!task) {
    endRun(draft, run)
    return false
  }
  if (task.phase === 'queued') {
    // A pause at the boundary, or at once, keeps the next task from being asked about.
    if (draft.queue().paused) return true
    if (!isReady(draft, task)) throw new Error(`${taskSubject(task)} waits for a task that can never be done`)
    const isAsked = needsApproval(draft.policy, draft.run(run.id), task)
    draft.put({ table: 'tasks', row: isAsked ? { ...task, phase: 'approval' } : ready(draft, task) })
    draft.put({ table: 'runs', row: { ...draft.run(run.id), currentTaskId: task.id } })
    return settleRun(draft, run)
  }
  if (draft.asksOf(task.id).some((ask) => ask.state === 'open')) return true
  if (task.phase === 'approval') openApproval(draft, task)
  if (task.phase === 'review') openReview(draft, task)
  if (task.phase === 'failure') openFailure(draft, task)
  const idle =
    task.phase === 'ready' || (task.phase === 'working' && !draft.liveAttempts().some((a) => a.taskId === task.id))
  const reached = idle ? reachedCeiling(draft, task) : undefined
  if (reached) {
    if (isAlone(draft, run.id)) {
      stopRun(draft, run.id, `the budget is used up: ${usd(reached.spent)} of ${usd(reached.ceiling)}`)
      return false
    }
    openBudget(draft, task, reached.about, reached.spent, reached.ceiling)
  }
  return true
}

/** The one task that has its turn: the one begun, else the first queued one that nothing holds back. */
export function currentTask(draft: Draft, runId: string): Task | undefined {
  const { currentTaskId } = draft.run(runId)
  const begun = currentTaskId === undefined ? undefined : draft.task(currentTaskId)
  if (begun && !hasEnded(begun) && begun.phase !== 'queued') return begun
  let first: Task | undefined
  for (const task of draft.openTasks(runId)) {
    if (isReady(draft, task)) return task
    first ??= task
  }
  return first
}

/** Nothing that it waits for is still open; what ended otherwise than done has blocked it already. */
function isReady(draft: Draft, task: Task): boolean {
  return task.dependsOn.every((number) => {
    const other = draft.taskByNumber(task.runId, number)
    return !other || hasEnded(other)
  })
}

function endRun(draft: Draft, run: Run): void {
  const counts = { done: 0, failed: 0, skipped: 0, blocked: 0, undone: 0 }
  for (const task of draft.tasksOf(run.id)) if (hasEnded(task)) counts[task.phase as keyof typeof counts]++
  const state = counts.failed + counts.blocked > 0 || hasSkipByFailure(draft, run) ? 'failed' : 'done'
  const row: Run = { ...run, state, startedAt: run.startedAt ?? draft.now, endedAt: draft.now }
  draft.put({ table: 'runs', row })
  draft.emit('run.ended', {
    run: row,
    text: finishedText(counts),
    data: { state, ...counts, costUsd: row.costUsd },
  })
}

/** `Finished: 3 of 4 tasks done, 1 failed`. */
function finishedText({ done, ...others }: Record<string, number> & { done: number }): string {
  const total = Object.values(others).reduce((a, b) => a + b, done)
  if (total === 0) return 'Finished: nothing to do'
  const rest = Object.entries(others).flatMap(([what, n]) => (n > 0 ? [`, ${n} ${what}`] : []))
  return `Finished: ${done} of ${plural(total, 'task')} done${rest.join('')}`
}

function hasSkipByFailure(draft: Draft, run: Run): boolean {
  for (const task of draft.tasksOf(run.id)) if (task.phase === 'skipped' && task.byFailure) return true
  return false
}

/** Work and checks are good: a review, the mark in the file, or the end. */
export function taskPassed(draft: Draft, task: Task, reviewed = false): void {
  const { continuation: _, ...rest } = task
  const found = reviewed ? [] : toDecide(draft, task)
  // Without a person nothing that weakens a check is let through; a further try can do without it.
  if (found.length > 0 && isAlone(draft, task.runId))
    taskFailed(draft, task, { kind: 'failed', text: undecidedText(found) })
  else if (found.length > 0) draft.put({ table: 'tasks', row: { ...rest, phase: 'review' } })
  else if (!reviewed && needsReview(draft.policy, draft.run(task.runId), task))
    draft.put({ table: 'tasks', row: { ...rest, phase: 'review' } })
  else if (draft.policy.finish) draft.put({ table: 'tasks', row: { ...rest, phase: 'marking', markedAt: draft.now } })
  else endTask(draft, rest, 'done', {}, doneText(task))
}
