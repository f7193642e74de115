import type { Draft } from '../draft.ts'
import { laneCount, needsLane } from '../lanes/lanes.ts'
import type { OutcomeKind, Task } from '../types.ts'

/**
 * After a usage limit, an outage or a lost login one lane goes first. All at once would each lose a request, and a session
 * its turn, where the trouble is not over yet.
 */
export function beginTrial(draft: Draft): void {
  if (laneCount(draft) > 1) draft.put({ table: 'queue', row: { ...draft.queue(), trial: {} } })
}

/** Sees to it that a trial is somebody's: the first task with a lane that could start. */
export function assignTrial(draft: Draft): void {
  const { trial } = draft.queue()
  if (!trial) return
  const fit = draft.activeTasks().filter((task) => canTry(draft, task))
  if (fit.some(({ id }) => id === trial.taskId)) return
  const taskId = fit[0]?.id
  if (taskId !== trial.taskId)
    draft.put({ table: 'queue', row: { ...draft.queue(), trial: taskId === undefined ? {} : { taskId } } })
}

/** Commands of a task's own say nothing about Claude. */
const canTry = (draft: Draft, task: Task) =>
  task.lane !== undefined &&
  needsLane(draft, task) &&
  (task.phase === 'ready' || task.phase === 'working') &&
  task.spec.run === undefined

const STILL_IN_TROUBLE: ReadonlySet<OutcomeKind> = new Set([
  'limit',
  'overloaded',
  'credentials',
  'interrupted',
  'parked',
  'deferred',
])

/** Claude answers the task; `outcome`: or its process came to this end. The others may start when the trial has shown that. */
export function endTrial(draft: Draft, taskId: string, outcome?: OutcomeKind): void {
  const { trial, ...queue } = draft.queue()
  if (trial?.taskId === taskId && (outcome === undefined || !STILL_IN_TROUBLE.has(outcome)))
    draft.put({ table: 'queue', row: queue })
}
