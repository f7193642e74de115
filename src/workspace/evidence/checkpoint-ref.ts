import type { Task } from '../../core/types.ts'

/** Where a task's checkpoints are kept. */
export function checkpointRef(
  task: Pick<Task, 'runId' | 'number'>,
  attempt: number,
  when: 'before' | 'after' | 'undo',
): string {
  return `refs/baton/${task.runId}/${task.number}/${attempt}/${when}`
}
