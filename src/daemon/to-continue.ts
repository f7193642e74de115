import type { Views } from './api/views.ts'

/** How many tasks continue without a start: those of runs that were open when Baton ended, unless their queue is paused. */
export function tasksToContinue(
  view: Pick<Views, 'status' | 'tasksLeft'>,
  queues: readonly { name: string }[],
): number {
  return queues.reduce((sum, { name }) => sum + (view.status(name).paused ? 0 : view.tasksLeft(name)), 0)
}
