import type { Task } from './types.ts'

/** `Task 3: Add a login endpoint`, as people call it. */
export function taskName(task: Pick<Task, 'number'> & { spec: { title: string } }): string {
  return `Task ${task.number}: ${task.spec.title}`
}
