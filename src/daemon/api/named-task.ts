import { mostMeant, type NamedTask } from '../../core/commands/task-meant.ts'
import type { Reader } from '../../store/read.ts'

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
  const meant = mostMeant(open)
  if (meant) return meant
  const [latest] = inRuns(read.runs({ queue, limit: RECENT }))
  return latest && { task: latest, others: [] }
}
