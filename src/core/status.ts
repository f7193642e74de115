import { isToBeDecided } from './lanes/to-be-decided.ts'
import type { Queue, Run, RunStatus, Task, TaskPhase, TaskStatus } from './types.ts'

/** The ends that a task can come to, as shown; the same words as its phases. */
export const TASK_ENDS = ['done', 'failed', 'skipped', 'blocked', 'undone'] as const
export type TaskEnd = (typeof TASK_ENDS)[number]

const ENDS: ReadonlySet<string> = new Set(TASK_ENDS)

/** True for the status, or phase, of a task that nothing more happens to unless a person acts. */
export function isOver(status: string): status is TaskEnd {
  return ENDS.has(status)
}

/** True for a run in which nothing more happens unless a person acts. */
export function hasRunEnded(status: RunStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'stopped'
}

/** Phases of a task that was taken up and has not ended. */
export const BEGUN_PHASES = [
  'approval',
  'ready',
  'working',
  'verifying',
  'review',
  'failure',
  'undoing',
  'merging',
  'marking',
  'taken_over',
] as const satisfies TaskPhase[]

/** What a task's status depends on beside the task. */
export interface StatusSurroundings {
  /** Something about the task waits for a person. */
  openAsk: boolean
  /** Its queue is paused or held (a usage limit, a backoff). */
  queue: Pick<Queue, 'paused' | 'hold' | 'trial'>
  now: number
}

const isHeld = ({ hold, trial }: StatusSurroundings['queue'], now: number): boolean =>
  (hold !== undefined && hold.until > now) || trial?.waits === true

/** The status of a task as shown. */
export function taskStatus(task: Pick<Task, 'phase'>, { openAsk, queue, now }: StatusSurroundings): TaskStatus {
  switch (task.phase) {
    case 'ready':
      if (isHeld(queue, now)) return 'waiting'
      return openAsk ? 'waiting' : 'queued'
    case 'queued':
      return openAsk ? 'waiting' : 'queued'
    case 'approval':
    case 'review':
    case 'failure':
      return 'waiting'
    case 'taken_over':
      return 'taken_over'
    case 'working':
      return openAsk || queue.paused?.mode === 'now' || isHeld(queue, now) ? 'waiting' : 'running'
    case 'undoing':
      return 'running'
    case 'merging':
      return openAsk ? 'waiting' : 'merging'
    case 'verifying':
    case 'marking':
      return 'verifying'
    default:
      return task.phase
  }
}

/** Statuses in which Baton does nothing for a task. */
const STANDING: ReadonlySet<TaskStatus> = new Set(['waiting', 'queued', 'taken_over'])

/** The combined status of a run's active tasks: at least one runs, or all wait. */
export function jointStatus(statuses: readonly TaskStatus[]): TaskStatus | undefined {
  return statuses.find((status) => !STANDING.has(status)) ?? statuses[0]
}

/** The status of a run as shown; `current` is that of the tasks that have their turn, `isHead` whether the run has. */
export function runStatus(
  run: Pick<Run, 'state' | 'startedAt' | 'lease'>,
  {
    isHead,
    current,
    queue,
    alive,
  }: { isHead: boolean; current: TaskStatus | undefined; queue: Pick<Queue, 'paused'>; alive: boolean },
): RunStatus {
  if (run.state !== 'open') return run.state
  if (isToBeDecided(run)) return 'waiting'
  if (!isHead) return 'queued'
  // A pause that waits for the end of the running task is not one yet.
  const isPending = queue.paused?.mode === 'after-task' && current !== undefined && current !== 'queued'
  if (queue.paused && !isPending) return 'paused'
  if (current === 'waiting' || current === 'taken_over') return 'waiting'
  // Open, but nothing runs: it was left there and resumes with the next start.
  if (!alive) return run.startedAt === undefined ? 'queued' : 'paused'
  return 'running'
}
