import { actorText } from '../actors.ts'
import { withdrawAsksOf } from '../asks/asks.ts'
import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { hasEnded } from '../state.ts'
import { blockDependents, reopenRun, unblockDependents } from '../tasks.ts'
import type { Actor, Task } from '../types.ts'

/** The files are as they were before a task, or (`again`) an undo was taken back; or neither could be done. */
export function undone(draft: Draft, input: InputOf<'undone'>): void {
  const { undoing, ...queue } = draft.queue()
  const left = undoing?.filter(({ taskId }) => taskId !== input.taskId) ?? []
  if (undoing) draft.put({ table: 'queue', row: left.length > 0 ? { ...queue, undoing: left } : queue })
  const also = input.ok ? (input.also ?? []) : []
  for (const taskId of [...also, input.taskId]) noteUndone(draft, { ...input, taskId })
}

function noteUndone(draft: Draft, { taskId, by, text, ok, again = false }: InputOf<'undone'>): void {
  const before = draft.task(taskId)
  if (ok && again) bringBack(draft, before, by)
  else if (ok) undo(draft, before, by)
  // A failed undo leaves the decision to the person again.
  else if (before.phase === 'undoing')
    draft.put({ table: 'tasks', row: { ...before, phase: askedFrom(draft, before) } })
  const task = draft.task(taskId)
  draft.emit('task.undone', { task, text, data: { ok, by, again, phase: task.phase } })
  if (task.phase === before.phase) return
  if (task.phase === 'undone') blockDependents(draft, task)
  else if (task.phase === 'done') unblock(draft, task)
}

/** Whether the undo that Baton was told to do was the answer to a review or to a failure. */
function askedFrom(draft: Draft, task: Task): 'review' | 'failure' {
  const ask = draft.asksOf(task.id).findLast(({ answer }) => answer?.choice === 'undo')
  return ask?.kind === 'failure' ? 'failure' : 'review'
}

function undo(draft: Draft, task: Task, by: Actor): void {
  const isBegun = task.phase === 'working' || task.phase === 'review' || task.phase === 'failure'
  // What has not started (again) starts on the files as they are now, and what is undone is already undone.
  if (task.phase === 'undone' || !(hasEnded(task) || isBegun || task.phase === 'undoing')) return
  const { continuation: _c, say: _s, ...rest } = task
  const { phase, result, endedAt = draft.now } = rest
  // After a review Baton does it, for the person who wanted it.
  const answers = phase === 'undoing' ? draft.asksOf(task.id).map(({ answer }) => answer) : []
  const who = answers.findLast((answer) => answer?.choice === 'undo')?.by ?? by
  const row: Task = {
    ...rest,
    phase: 'undone',
    endedAt,
    result: `undone by ${actorText(who)}`,
    undone: { at: draft.now, by: who, phase, ...(result !== undefined && { result }) },
  }
  draft.put({ table: 'tasks', row })
  withdrawAsksOf(draft, task.id, `task ${task.number} is undone`)
}

function bringBack(draft: Draft, task: Task, by: Actor): void {
  if (task.phase !== 'undone') return
  withdrawAsksOf(draft, task.id, `task ${task.number} is back`)
  const { undone: was, result: _, ...rest } = task
  // Undone by an earlier version, which kept no more.
  const { phase, result = `undone, then redone by ${actorText(by)}` } = was ?? { phase: 'done' as const }
  if (hasEnded({ phase })) {
    draft.put({ table: 'tasks', row: { ...rest, phase, result } })
    return
  }
  // It had not finished: its session is gone, its files are back, and it starts over.
  const { endedAt: _e, attemptId: _a, ...row } = rest
  draft.put({ table: 'tasks', row: { ...row, phase: 'queued', continuation: { reason: 'fresh' } } })
  reopenRun(draft, task.runId)
}

/** What was blocked because the task was undone waits for its turn again. */
function unblock(draft: Draft, task: Task): void {
  if (unblockDependents(draft, task)) reopenRun(draft, task.runId)
}
