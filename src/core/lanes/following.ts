import { needsApproval, needsReview } from '../asks/gates.ts'
import { checksFirst } from '../proof/first-check.ts'
import { hasEnded, isBegun, type State } from '../state.ts'
import type { Policy, Task } from '../types.ts'

/**
 * The task whose turn comes once `task` is done, if nobody decides anything in between; for what may be prepared ahead
 * and thrown away. Undefined when it is not known, or when it is not Claude that works on it.
 */
export function following(state: State, policy: Policy, task: Task): Task | undefined {
  const run = state.runs.get(task.runId)
  if (run?.state !== 'open' || needsReview(policy, run, task)) return undefined
  const numbers = state.numbers.get(run.id)
  const isOver = (number: number) => {
    const id = numbers?.get(number)
    const other = id === undefined ? undefined : state.tasks.get(id)
    return !other || other.id === task.id || hasEnded(other)
  }
  for (const id of state.active) {
    const other = state.tasks.get(id)
    // Its turn has come already, and that of any other comes after it.
    if (other && other.id !== task.id && other.runId === run.id && isBegun(other))
      return other.phase === 'ready' && isFresh(policy, other) ? other : undefined
  }
  const order = state.order.get(run.id) ?? []
  for (let at = state.heads.get(run.id) ?? 0; at < order.length; at++) {
    const other = state.tasks.get(order[at] as string)
    if (!other || other.id === task.id || other.phase !== 'queued' || !other.dependsOn.every(isOver)) continue
    return isFresh(policy, other) && !needsApproval(policy, run, other) ? other : undefined
  }
  return undefined
}

/** Claude works on it, and nobody has yet. */
const isFresh = (policy: Policy, task: Task): boolean =>
  task.spec.run === undefined &&
  task.continuation === undefined &&
  task.attemptId === undefined &&
  !checksFirst({ policy }, task)
