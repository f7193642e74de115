import { grouped, plural, usd } from '../text/amounts.ts'
import { needsReview, openApproval, openBudget, openFailure, openReview } from './asks/gates.ts'
import { remind } from './asks/reminders.ts'
import type { Draft } from './draft.ts'
import { assign, dependenciesMet } from './lanes/assign.ts'
import { isInPlace, isLive, releaseLanes, runsInTurn } from './lanes/lanes.ts'
import { reachedCeiling } from './limits/budget.ts'
import { release } from './limits/release.ts'
import { assignTrial, beginTrial } from './limits/trial.ts'
import { toDecide, undecidedText } from './proof/findings.ts'
import { doneText } from './proof/first-check.ts'
import { hasEnded, isBegun } from './state.ts'
import { endTask, isAlone, stopRun, taskFailed } from './tasks.ts'
import { taskSubject } from './text.ts'
import type { Ask, Run, Task } from './types.ts'

/**
 * Drives everything that follows from a change without anybody's help: holds run out, gates open their asks, lanes are
 * given away, runs begin and end. It runs after every input, so that no state needs a person to move on unless an ask says so.
 */
export function advance(draft: Draft): void {
  remind(draft)
  releaseWhenOver(draft)
  while (advanceOnce(draft)) {
    // Each step may make another one possible.
  }
  assignTrial(draft)
}

function releaseWhenOver(draft: Draft): void {
  const { hold } = draft.queue()
  if (hold && hold.since > draft.now) {
    // The clock was set back: from now on the wait is as long as it was meant to be, and not as much longer as the jump.
    const until = draft.now + hold.until - hold.since
    draft.put({ table: 'queue', row: { ...draft.queue(), hold: { ...hold, since: draft.now, until } } })
  } else if (hold && hold.until <= draft.now) {
    release(draft, true)
    if (hold.why === 'limit' || hold.why === 'overload') beginTrial(draft)
  }
}

/** Takes one step; false when there was nothing left to do. */
function advanceOnce(draft: Draft): boolean {
  const runs = runsInTurn(draft)
  const over = runs.find((run) => isRunOver(draft, run))
  if (over) endRun(draft, over)
  if (over) return true
  for (const task of draft.activeTasks())
    if (isBegun(task) && runs.some(({ id }) => id === task.runId) && openAsks(draft, task)) return true
  releaseLanes(draft)
  if (runs.length === 0) {
    // A pause belongs to the work it interrupted; the next start must not find itself paused.
    const { paused, ...queue } = draft.queue()
    if (paused) draft.put({ table: 'queue', row: queue })
    return false
  }
  const assigned = assign(draft)
  for (const row of assigned ? [assigned.task, ...assigned.passedOver] : []) draft.put({ table: 'tasks', row })
  if (!assigned) for (const run of runs) mustHaveWay(draft, run)
  return assigned !== undefined
}

function isRunOver(draft: Draft, run: Run): boolean {
  for (const _ of draft.openTasks(run.id)) return false
  // The user's commands after a task belong to its run.
  return !draft.activeTasks().some(({ runId, hooks }) => runId === run.id && hooks === 'due')
}

/** Opens the asks of a task that was taken up; true when its run was stopped by that. */
function openAsks(draft: Draft, task: Task): boolean {
  if (draft.asksOf(task.id).some((ask) => ask.state === 'open')) return false
  if (task.phase === 'approval') openApproval(draft, task)
  if (task.phase === 'review') openReview(draft, task)
  if (task.phase === 'failure') openFailure(draft, task)
  const idle = task.phase === 'ready' || (task.phase === 'working' && !isLive(draft, task))
  const reached = idle ? reachedCeiling(draft, task) : undefined
  if (!reached || isAskedAlready(draft, task, reached.about)) return false
  if (isAlone(draft, task.runId)) {
    stopRun(draft, task.runId, `the budget is used up: ${usd(reached.spent)} of ${usd(reached.ceiling)}`)
    return true
  }
  openBudget(draft, task, reached.about, reached.spent, reached.ceiling)
  return false
}

/** The same budget is asked for once, however many tasks wait for it. */
function isAskedAlready(draft: Draft, task: Task, about: Ask['about']): boolean {
  return draft
    .openAsks()
    .some(
      (ask) => ask.about === about && (about === 'day-budget' || (about === 'run-budget' && ask.runId === task.runId)),
    )
}

/** The task whose turn it is in a run: the first one that has started, else the first queued one that nothing holds back. */
export function currentTask(draft: Draft, runId: string): Task | undefined {
  const begun = draft.activeTasks().find((task) => task.runId === runId && isBegun(task))
  if (begun) return begun
  let first: Task | undefined
  for (const task of draft.openTasks(runId)) {
    if (dependenciesMet(draft, task)) return task
    first ??= task
  }
  return first
}

/** A run in which nothing has started, and nothing can, would wait forever. */
function mustHaveWay(draft: Draft, run: Run): void {
  const task = currentTask(draft, run.id)
  if (task?.phase === 'queued' && !dependenciesMet(draft, task))
    throw new Error(`${taskSubject(task)} is waiting for a task that can never be done`)
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
  return `Finished: ${grouped(done)} of ${plural(total, 'task')} done${rest.join('')}`
}

function hasSkipByFailure(draft: Draft, run: Run): boolean {
  for (const task of draft.tasksOf(run.id)) if (task.phase === 'skipped' && task.byFailure) return true
  return false
}

/** Work and checks are good: a review, the merge line, the mark in the file, or the end. */
export function taskPassed(draft: Draft, task: Task, reviewed = false): void {
  const { continuation: _, ...rest } = task
  const found = reviewed ? [] : toDecide(draft, task)
  // Without a person nothing that weakens a check is let through; a further try can do without it.
  if (found.length > 0 && isAlone(draft, task.runId))
    taskFailed(draft, task, { kind: 'failed', text: undecidedText(found) })
  else if (found.length > 0) draft.put({ table: 'tasks', row: { ...rest, phase: 'review' } })
  else if (!reviewed && needsReview(draft.policy, draft.run(task.runId), task))
    draft.put({ table: 'tasks', row: { ...rest, phase: 'review' } })
  else if (isInPlace(draft.policy) || rest.firstCheck === 'passed') taskLanded(draft, rest)
  else {
    draft.put({ table: 'tasks', row: { ...rest, phase: 'merging', mergingSince: draft.now } })
    draft.emit('task.merging', { task: rest, text: `${taskSubject(task)} is in the merge line` })
  }
}

/** The work has reached the branch that others start from: the mark in the file, or the end. */
export function taskLanded(draft: Draft, task: Task): void {
  if (draft.policy.finish) draft.put({ table: 'tasks', row: { ...task, phase: 'marking', markedAt: draft.now } })
  else endTask(draft, task, 'done', {}, doneText(task))
}
