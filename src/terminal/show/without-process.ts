import type { TaskStatus } from '../../core/types.ts'

/** What is happening to a task that has begun while no process of it says so; undefined: its sign says enough. */
export function withoutProcess(status: TaskStatus): string | undefined {
  if (status === 'waiting') return 'waiting for you'
  if (status === 'verifying') return 'running checks'
  if (status === 'merging') return 'in the merge line'
  return status === 'taken_over' ? 'taken over' : undefined
}
