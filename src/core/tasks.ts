import { withdrawAsksOf } from './asks/asks.ts'
import { retryWith } from './asks/undelivered-answers.ts'
import type { Draft } from './draft.ts'
import { afterEnd } from './hooks.ts'
import { findingLine } from './proof/findings.ts'
import { isFirstCheck } from './proof/first-check.ts'
import { stoppedText, taskName, taskSubject } from './text.ts'
import type { Continuation, Outcome, Task } from './types.ts'

/** Nobody will be asked: the run passes its gates unattended and nobody could answer. */
export function isAlone(draft: Draft, runId: string): boolean {
  return draft.run(runId).autoApprove && !draft.policy.attended
}

/** Brings a task to one of its ends, and blocks what depends on it unless it is done. */
export function endTask(
  draft: Draft,
  task: Task,
  end: 'done' | 'failed' | 'skipped',
  fields: Partial<Task>,
  text: string,
): void {
  const { continuation: _, say: __, ...rest } = task
  const { worktree, ...ended } = { ...rest, ...fields, ...afterEnd(rest), phase: end, endedAt: draft.now }
  // What is done has landed, and its folder was released with that.
  const row: Task = end === 'done' || worktree === undefined ? ended : { ...ended, worktree }
  draft.put({ table: 'tasks', row })
  withdrawAsksOf(draft, task.id, `task ${task.number} is ${end}`)
  draft.emit(`task.${end}`, {
    task: row,
    text,
    data: {
      outcome: row.outcome,
      costUsd: row.costUsd,
      result: row.result,
      ...(row.proof?.findings && { findings: row.proof.findings.map(findingLine) }),
    },
  })
  if (end !== 'done') blockDependents(draft, row)
}

/** Blocks what waits for `cause`, and what waits for that, each with its own nearest cause. */
export function blockDependents(draft: Draft, cause: Task): void {
  const dependents = new Map<number, Task[]>()
  for (const task of draft.openTasks(cause.runId)) {
    if (!canStillBeBlocked(task)) continue
    for (const number of task.dependsOn) dependents.set(number, [...(dependents.get(number) ?? []), task])
  }
  const causes = [cause]
  const blocked = new Set<string>()
  for (let by = causes.shift(); by; by = causes.shift()) {
    for (const task of dependents.get(by.number) ?? []) {
      if (blocked.has(task.id)) continue
      blocked.add(task.id)
      const result = blockedText(by)
      const row: Task = {
        ...task,
        phase: 'blocked',
        blockedBy: [by.number],
        result,
        endedAt: draft.now,
        byFailure: true,
      }
      draft.put({ table: 'tasks', row })
      withdrawAsksOf(draft, task.id, result)
      draft.emit('task.blocked', {
        task: row,
        text: `${taskSubject(row)} is blocked by task ${by.number}`,
        data: { by: by.number },
      })
      causes.push(row)
    }
  }
}

const ENDED_AS: Partial<Record<Task['phase'], string>> = {
  failed: 'failed',
  skipped: 'was skipped',
  undone: 'was undone',
}

const blockedText = ({ number, spec, phase }: Task): string =>
  `Blocked by task ${number} (${spec.title}), which ${ENDED_AS[phase] ?? `is ${phase}`}`

const canStillBeBlocked = (task: Task) => task.phase === 'queued' || isAboutToBegin(task)

/** Its turn has come, and nobody has worked on it. */
const isAboutToBegin = (task: Task) => task.phase === 'approval' || task.phase === 'ready' || isFirstCheck(task)

/** Adds a task to the end of a run, which continues with it. */
export function addToRun(draft: Draft, runId: string, task: Pick<Task, 'spec' | 'undoes'>): Task {
  const all = [...draft.tasksOf(runId)]
  const row: Task = {
    ...task,
    ...{ id: draft.id(), runId, position: all.length, dependsOn: [], phase: 'queued' },
    number: all.reduce((most, { number }) => Math.max(most, number), 0) + 1,
    ...{ attempts: 0, failures: 0, costUsd: 0, turns: 0 },
  }
  draft.put({ table: 'tasks', row })
  reopenRun(draft, runId)
  return row
}

/** Puts an ended task back into the queue, and with it what it blocked. */
export function resetTask(draft: Draft, task: Task): void {
  queueAgain(draft, task, new Set([task.number, ...blockedBy(draft, task)]))
}

/** Puts what a task blocked back into the queue; true when there was any. */
export function unblockDependents(draft: Draft, task: Task): boolean {
  const again = blockedBy(draft, task)
  queueAgain(draft, task, again)
  return again.size > 0
}

/** Numbers of the tasks that a task blocks, and of what those block. */
function blockedBy(draft: Draft, task: Task): Set<number> {
  const causes = new Set<number>([task.number])
  // Dependents may come before what they wait for, so the pass is repeated until it finds nothing more.
  for (let found = true; found; ) {
    found = false
    for (const other of draft.tasksOf(task.runId)) {
      if (other.phase !== 'blocked' || causes.has(other.number)) continue
      if (!other.blockedBy?.some((number) => causes.has(number)) || stillBlocking(draft, other, causes)) continue
      found = causes.add(other.number) !== undefined
    }
  }
  causes.delete(task.number)
  return causes
}

/** What keeps a task from being worked on when these are brought back: another that it depends on will not be done either. */
export function stillBlocking(draft: Draft, task: Task, again: ReadonlySet<number>): Task | undefined {
  return task.dependsOn
    .map((number) => (again.has(number) ? undefined : draft.taskByNumber(task.runId, number)))
    .find((other) => other?.phase === 'failed' || other?.phase === 'blocked' || other?.phase === 'undone')
}

function queueAgain(draft: Draft, task: Task, again: ReadonlySet<number>): void {
  for (const other of [...draft.tasksOf(task.runId)]) {
    if (isAboutToBegin(other) && other.dependsOn.some((number) => again.has(number))) {
      // It was about to build on what is now done again: back in line, its approval kept.
      withdrawAsksOf(draft, other.id, `task ${task.number} starts over`)
      const { firstCheck: _, ...row } = other
      draft.put({ table: 'tasks', row: { ...row, phase: 'queued' } })
    }
    if (!again.has(other.number)) {
      const cause = other.blockedBy?.some((number) => again.has(number)) && stillBlocking(draft, other, again)
      if (cause) draft.put({ table: 'tasks', row: { ...other, blockedBy: [cause.number], result: blockedText(cause) } })
      continue
    }
    const {
      startedAt: _s,
      endedAt: _e,
      result: _r,
      lastWords: _l,
      outcome: _o,
      byFailure: _f,
      blockedBy: _b,
      undone: _u,
      attemptId: _a,
      markedAt: _m,
      proof: _p,
      firstCheck: _c,
      landed: _d,
      returns: _n,
      hunks: _h,
      passedOver: _v,
      ...rest
    } = other
    withdrawAsksOf(draft, other.id, `task ${other.number} starts over`)
    draft.put({
      table: 'tasks',
      row: { ...rest, phase: 'queued', failures: 0, sentBack: 0, continuation: { reason: 'fresh' } },
    })
    draft.emit('task.reset', { task: other, text: `Requeued ${taskName(other)}` })
  }
}

/** Lets the task be worked on again, in the same session unless the continuation is fresh. */
export function continueTask(draft: Draft, task: Task, continuation: Continuation): Task {
  const { firstCheck, ...rest } = task
  const row: Task = { ...rest, phase: 'working', continuation, ...(firstCheck === 'failed' && { firstCheck }) }
  draft.put({ table: 'tasks', row })
  return row
}

/**
 * An attempt or its checks failed: the same session tries again while `retries` last, then `on_failure` decides.
 * `text` says what went wrong, for people and for Claude.
 */
export function taskFailed(draft: Draft, task: Task, outcome: Pick<Outcome, 'kind' | 'text'>): void {
  const failures = task.failures + 1
  const retries = task.spec.retries ?? draft.policy.retries
  const { lastWords: _, ...before } = task
  // What Claude closed with, when it was its checks that failed.
  const lastWords = task.outcome === 'done' && task.result !== undefined && { lastWords: task.result }
  const failed: Task = { ...before, ...lastWords, failures, outcome: outcome.kind, result: outcome.text }
  if (failures <= retries) {
    continueTask(draft, failed, retryWith(draft, failed, outcome.text))
    const text = `${taskSubject(task)} failed and is retried (${failures} of ${retries}): ${outcome.text}`
    draft.emit('task.retrying', { task: failed, text, data: { failures, retries } })
    return
  }
  const { onFailure } = draft.policy
  if (onFailure === 'ask' && !isAlone(draft, task.runId)) {
    const { continuation: __, ...row } = failed
    draft.put({ table: 'tasks', row: { ...row, phase: 'failure' } })
    return
  }
  endTask(
    draft,
    failed,
    'failed',
    { result: outcome.text, byFailure: true },
    `${taskSubject(task)} failed: ${outcome.text}`,
  )
  if (onFailure === 'stop') stopRun(draft, task.runId, `task ${task.number} failed`)
}

/** Stops one run: its working task keeps its session for a later resume, its asks are withdrawn. */
export function stopRun(draft: Draft, runId: string, reason: string): void {
  const run = draft.run(runId)
  if (run.state !== 'open') return
  for (const task of draft.openTasks(runId)) {
    withdrawAsksOf(draft, task.id, `the run was s${stoppedText(reason).slice(1)}`)
    // Phases stay as they are: after a resume, advance reopens the asks of approval, review and failure.
    if (task.phase === 'working' && !task.continuation) continueTask(draft, task, { reason: 'interrupted' })
  }
  const row = { ...run, state: 'stopped' as const, reason, endedAt: draft.now }
  draft.put({ table: 'runs', row })
  draft.emit('run.ended', { run: row, text: stoppedText(reason), data: { state: 'stopped', reason } })
}

/** Resumes a run that was stopped or had ended. */
export function reopenRun(draft: Draft, runId: string): void {
  const run = draft.run(runId)
  if (run.state === 'open') return
  const { endedAt: _e, reason: _r, ...row } = run
  draft.put({ table: 'runs', row: { ...row, state: 'open' } })
  draft.emit('run.reopened', { run, text: 'Run resumed' })
}
