import { deferredAsk, delivered } from '../asks/requests.ts'
import { type Draft, liveAttempt } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { laneCount } from '../lanes/lanes.ts'
import { remainingUsd } from '../limits/budget.ts'
import { taskName, taskSubject } from '../text.ts'
import type { Attempt, Continuation, Task } from '../types.ts'
import { beginRun, tellStart } from './begin.ts'

/** A process is about to be started: stored first, so that no crash can start it twice unseen. */
export function claimed(draft: Draft, { taskId, attempt: fields }: InputOf<'claimed'>): void {
  const task = draft.task(taskId)
  const live = draft.liveAttempts()
  const isTaken = live.some((other) => draft.task(other.taskId).lane === task.lane)
  if (isTaken || live.length >= laneCount(draft)) throw new Error('An attempt is already live in this lane')
  if (task.phase !== 'ready' && task.phase !== 'working')
    throw new Error(`${taskSubject(task)} must not be worked on now`)
  const previous = task.attemptId === fields.id ? draft.attempt(fields.id) : undefined
  const attempt: Attempt = previous
    ? { ...previous, ...fields, processes: previous.processes + 1, live: true }
    : {
        taskId,
        runId: task.runId,
        number: task.attempts + 1,
        processes: 1,
        live: true,
        heard: false,
        startedAt: draft.now,
        costUsd: 0,
        turns: 0,
        ...fields,
      }
  const { pid: _p, pidStartedAt: _s, endedAt: _e, outcome: _o, givenUsd: _g, ...rest } = attempt
  const givenUsd = task.spec.run === undefined ? remainingUsd(draft, task) : undefined
  const row: Attempt = { ...rest, ...(givenUsd !== undefined && { givenUsd }) }
  draft.put({ table: 'attempts', row })
  beginRun(draft, task)
  const begun: Task = {
    ...task,
    phase: 'working',
    attemptId: row.id,
    attempts: row.number,
    startedAt: task.startedAt ?? draft.now,
  }
  draft.put({ table: 'tasks', row: begun })
  const data = { attempt: row.number, sessionId: row.sessionId, log: row.logFile }
  if (task.startedAt === undefined) tellStart(draft, begun, data)
  else {
    const reason = task.continuation?.reason ?? 'interrupted'
    const isFirst = reason === 'first-check'
    draft.emit('task.continued', {
      task: begun,
      text: isFirst ? `Task ${task.number} is not done yet: work has started` : continuedText(begun, reason),
      data: { ...data, reason },
    })
  }
}

/** `Retried task 4: …`, `Resumed task 4: … (usage limit over)`: what stays to be read is in the past tense. */
function continuedText(task: Task, reason: Continuation['reason']): string {
  if (reason === 'fresh') return `Restarted ${taskName(task)}`
  if (reason === 'retry') return `Retried ${taskName(task)}`
  return `Resumed ${taskName(task)} (${WHY_RESUMED[reason] ?? reason})`
}

const WHY_RESUMED: Partial<Record<Continuation['reason'], string>> = {
  answer: 'answered',
  limit: 'usage limit over',
  overload: 'service available again',
  credentials: 'login fixed',
  budget: 'budget raised',
  interrupted: 'after an interruption',
  paused: 'after a pause',
  'sent-back': 'sent back for changes',
}

/** The process is running; its pid and start time let a later boot find and end it. */
export function spawned(draft: Draft, { attemptId, pid, pidStartedAt }: InputOf<'spawned'>): void {
  const attempt = liveAttempt(draft, attemptId)
  draft.put({ table: 'attempts', row: { ...attempt, pid, pidStartedAt } })
}

/** Claude has taken the prompt: its words need not be sent again. */
export function heard(draft: Draft, { attemptId, found }: InputOf<'heard'>): void {
  const attempt = liveAttempt(draft, attemptId)
  if (!attempt.heard || found) draft.put({ table: 'attempts', row: { ...attempt, ...found, heard: true } })
  const task = draft.task(attempt.taskId)
  // A deferred call answers itself on resume; its answer counts as delivered once Claude has continued from it.
  if (!task.continuation || deferredAsk(draft, task)) return
  const { continuation, ...row } = task
  draft.put({ table: 'tasks', row })
  for (const askId of continuation?.askIds ?? []) delivered(draft, { type: 'delivered', askId })
}
