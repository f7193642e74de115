import type { Draft } from '../draft.ts'
import type { InputOf } from '../inputs.ts'
import { laneCount, needsLane } from '../lanes/lanes.ts'
import type { OutcomeKind, Task } from '../types.ts'

/**
 * After a usage limit, an outage or a lost login one lane goes first. All at once would each lose a request, and a session
 * its turn, where the trouble is not over yet.
 */
export function beginTrial(draft: Draft): void {
  const { sharesLogin } = draft.policy
  if (sharesLogin || laneCount(draft) > 1)
    draft.put({ table: 'queue', row: { ...draft.queue(), trial: sharesLogin ? { waits: true } : {} } })
}

/** What the projects of a login agreed on: this one tries, waits while another does, or need not any more. */
export function moveTrial(draft: Draft, { to }: InputOf<'trial'>): void {
  const { trial, ...queue } = draft.queue()
  if (to === 'over') draft.put({ table: 'queue', row: queue })
  else {
    const { waits: _, ...rest } = trial ?? {}
    draft.put({ table: 'queue', row: { ...queue, trial: to === 'wait' ? { ...rest, waits: true } : rest } })
  }
}

/** Makes sure that a trial has a task: the first one with a lane that could start. */
export function assignTrial(draft: Draft): void {
  const { trial } = draft.queue()
  if (!trial) return
  const fit = draft.activeTasks().filter((task) => canTry(draft, task))
  if (fit.some(({ id }) => id === trial.taskId)) return
  const taskId = fit[0]?.id
  if (taskId !== trial.taskId)
    draft.put({
      table: 'queue',
      row: {
        ...draft.queue(),
        trial: { ...(trial.waits && { waits: true }), ...(taskId !== undefined && { taskId }) },
      },
    })
}

/** A task's own commands say nothing about Claude. */
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
