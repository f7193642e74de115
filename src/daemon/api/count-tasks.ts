import { isOver, taskStatus } from '../../core/status.ts'
import type { Task, TaskStatus } from '../../core/types.ts'

/** How many tasks of a run have each status: by their phases, and of those that were taken up by what they are just now. */
export function countTasks(of: {
  phases: Readonly<Record<string, number>>
  begun: readonly Task[]
  /** Of those in `begun`. */
  statuses: readonly TaskStatus[]
  isOpen: boolean
  now: number
}): Record<TaskStatus, number> {
  const { phases, begun, statuses, isOpen, now } = of
  const unasked = { openAsk: false, queue: {}, now }
  const counts: Record<TaskStatus, number> = {
    ...{ queued: 0, running: 0, waiting: 0, verifying: 0, merging: 0, taken_over: 0 },
    ...{ done: 0, failed: 0, skipped: 0, blocked: 0, undone: 0 },
  }
  for (const [phase, n] of Object.entries(phases)) {
    const status = taskStatus({ phase: phase as Task['phase'] }, unasked)
    counts[!isOpen && !isOver(phase) ? 'queued' : status] += n
  }
  for (const [at, task] of begun.entries()) {
    counts[taskStatus(task, unasked)]--
    counts[statuses[at] as TaskStatus]++
  }
  return counts
}
