import { needsApproval } from '../asks/gates.ts'
import { mayAskToDeploy, mayDeploy } from '../deploy/gate.ts'
import type { Draft } from '../draft.ts'
import { ready } from '../proof/first-check.ts'
import { hasEnded } from '../state.ts'
import type { Run, Task } from '../types.ts'
import { isInPlace, isLive, laneCount, lanesOfRun, needsLane, runsInTurn } from './lanes.ts'
import { filesOverlap } from './overlap.ts'

/** How often a later task may be taken in a task's place. */
const MOST_PASSED_OVER = 3

/** The next thing that happens to the lanes of a queue: rows as they will be stored. */
interface Assigned {
  /** It gets a lane; or, where a person must approve it first, an ask is opened without one. */
  task: Task
  /** Tasks that came before it and wait a little longer. */
  passedOver: Task[]
}

/**
 * Which task gets a free lane next, if any. What has begun comes before what has not, and among each the order of work
 * decides. A task is held apart from running ones that work on the same files, but not more than a few times.
 */
export function assign(draft: Draft): Assigned | undefined {
  const inUse = draft.activeTasks().filter(({ lane }) => lane !== undefined)
  const freeFor = (run: Run): number | undefined => {
    const own = inUse.filter(({ runId }) => runId === run.id).length
    if (own >= lanesOfRun(draft, run)) return undefined
    for (let lane = 1; lane <= laneCount(draft); lane++) if (!inUse.some((task) => task.lane === lane)) return lane
    return undefined
  }
  for (const task of draft.activeTasks()) {
    if (task.lane !== undefined || !needsLane(draft, task) || !mayDeploy(draft, task)) continue
    const lane = freeFor(draft.run(task.runId))
    if (lane !== undefined) return { task: { ...task, lane }, passedOver: [] }
  }
  // A pause keeps the next task from being asked about.
  if (draft.queue().paused) return undefined
  const passedOver: Task[] = []
  for (const run of runsInTurn(draft)) {
    const lane = freeFor(run)
    const mayAsk = isInPlace(draft.policy) ? lane !== undefined : openApprovals(draft) < laneCount(draft)
    if (lane === undefined && !mayAsk) continue
    for (const task of draft.openTasks(run.id)) {
      if (task.phase !== 'queued' || isLive(draft, task) || !dependenciesMet(draft, task)) continue
      if (!mayAskToDeploy(draft, task)) continue
      const isAsked = needsApproval(draft.policy, run, task)
      if (isAsked && mayAsk) return { task: asked(draft, task, lane), passedOver: [] }
      if (isAsked || lane === undefined || !mayDeploy(draft, task)) continue
      if (isHeldApart(draft, task)) passedOver.push({ ...task, passedOver: (task.passedOver ?? 0) + 1 })
      else return { task: { ...ready(draft, task), lane }, passedOver }
    }
  }
  return undefined
}

function asked(draft: Draft, task: Task, lane: number | undefined): Task {
  return { ...task, phase: 'approval', ...(isInPlace(draft.policy) && lane !== undefined && { lane }) }
}

/** Somebody who decides about one environment does not keep others from being asked about another. */
const openApprovals = (draft: Draft) =>
  draft.activeTasks().filter(({ phase, release }) => phase === 'approval' && !release).length

/** Nothing that it depends on is still open; a dependency that failed has already blocked it. */
export function dependenciesMet(draft: Draft, task: Task): boolean {
  return task.dependsOn.every((number) => {
    const other = draft.taskByNumber(task.runId, number)
    return !other || hasEnded(other)
  })
}

/** Another task is changing files that this one expects to change. One that waits for a person may wait for long, and does not count. */
function isHeldApart(draft: Draft, task: Task): boolean {
  if (!task.spec.files?.length || (task.passedOver ?? 0) >= MOST_PASSED_OVER) return false
  return draft
    .activeTasks()
    .some(
      (other) =>
        (other.lane !== undefined || other.phase === 'merging') && filesOverlap(task.spec.files, other.spec.files),
    )
}
