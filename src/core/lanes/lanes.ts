import type { Draft } from '../draft.ts'
import { waitsForShare } from '../limits/budget.ts'
import { hasEnded, isBegun } from '../state.ts'
import type { Policy, Run, Task } from '../types.ts'
import { isToBeDecided } from './to-be-decided.ts'

/** The most lanes that a queue may have. */
const MOST_LANES = 10

/** Tasks are worked on in the project's own folder, which only one at a time may change. */
export const isInPlace = ({ workspace }: Policy): boolean => workspace !== 'worktree'

/** The open runs whose tasks may be worked on now: the oldest one, or all where each task has a folder of its own. */
export function runsInTurn(draft: Draft): Run[] {
  const open = draft.openRuns().filter((run) => !isToBeDecided(run))
  return isInPlace(draft.policy) ? open.slice(0, 1) : open
}

/** How many tasks of a run may be worked on at once. */
export function lanesOfRun({ policy }: Pick<Draft, 'policy'>, { lanes }: Pick<Run, 'lanes'>): number {
  if (isInPlace(policy)) return 1
  return Math.min(MOST_LANES, Math.max(1, lanes ?? policy.lanes ?? 1))
}

/** How many lanes the queue has now. */
export function laneCount(draft: Draft): number {
  return Math.max(lanesOfRun(draft, {}), ...runsInTurn(draft).map((run) => lanesOfRun(draft, run)))
}

/** Baton or Claude has something to do for the task, and needs its folder for it. */
const IN_LANE: ReadonlySet<Task['phase']> = new Set(['ready', 'working', 'verifying', 'undoing'])

/**
 * The task should have a lane, or keep the one it has. In the project's own folder a task has its turn until it ends; with
 * a folder of its own it makes room while it waits for a person, or for the merge line.
 */
export function needsLane(draft: Draft, task: Task): boolean {
  // A person works in its folder, whatever becomes of its run.
  if (task.phase === 'taken_over') return isInPlace(draft.policy)
  // Commands after it work in that folder, too, before the next task changes it.
  if (hasEnded(task) && task.hooks === 'due') return isInPlace(draft.policy)
  if (!isBegun(task) || !runsInTurn(draft).some(({ id }) => id === task.runId)) return false
  if (isInPlace(draft.policy)) return true
  if (waitsForShare(draft, task) && !isLive(draft, task)) return false
  return IN_LANE.has(task.phase) && !draft.asksOf(task.id).some(({ state }) => state === 'open')
}

/** A process of the task has not ended yet. */
export function isLive(draft: Draft, task: Pick<Task, 'id'>): boolean {
  return draft.liveAttempts().some(({ taskId }) => taskId === task.id)
}

/**
 * Takes lanes back from tasks that do not need one now. A task whose process is still there keeps its lane until that has ended; in
 * the project's own folder the next task is taken up at once, and waits for that end.
 */
export function releaseLanes(draft: Draft): void {
  for (const task of draft.activeTasks()) {
    if (task.lane === undefined || needsLane(draft, task)) continue
    if (!isInPlace(draft.policy) && isLive(draft, task)) continue
    const { lane: _, ...row } = task
    draft.put({ table: 'tasks', row })
  }
}
