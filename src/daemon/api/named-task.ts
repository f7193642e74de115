import { hasEnded, isBegun } from '../../core/state.ts'
import type { Task } from '../../core/types.ts'
import type { Reader } from '../../store/read.ts'

/** The task that a number means, and those of other runs that it could mean as well. */
export interface NamedTask {
  task: Task
  others: Task[]
}

/** More runs than that are hardly open at once; of those that are over, the latest ones are looked through. */
const MOST_OPEN = 1_000
const RECENT = 20

/**
 * The task of that number: one that is running, else one that has run, else one that waits. Of the open runs, the oldest
 * first; where none of them has it, of the latest run that does.
 */
export function namedTask(
  read: Pick<Reader, 'openRuns' | 'runs' | 'taskByNumber'>,
  queue: string,
  number: number,
): NamedTask | undefined {
  const inRuns = (runs: readonly { id: string }[]) => runs.flatMap(({ id }) => read.taskByNumber(id, number) ?? [])
  const open = inRuns(read.openRuns(queue, MOST_OPEN))
  const [task, ...rest] = open.toSorted((a, b) => rank(a) - rank(b))
  if (task) return { task, others: rest.filter((other) => rank(other) === rank(task)) }
  const [latest] = inRuns(read.runs({ queue, limit: RECENT }))
  return latest && { task: latest, others: [] }
}

/** What is going on is meant before what has been, and that before what waits. */
function rank(task: Task): number {
  if (isBegun(task)) return 0
  return task.attempts > 0 || hasEnded(task) ? 1 : 2
}
