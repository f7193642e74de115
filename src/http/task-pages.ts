import type { RunView, TaskView } from '../daemon/views.ts'
import type { Parts } from './parts.ts'

/** A part of a run's tasks, in order of number, and how many there are of that kind. */
export function tasksOfRun(
  { face: { view } }: Pick<Parts, 'face'>,
  run: RunView,
  wanted: { offset: number; limit: number; status?: TaskView['status'] | undefined; q?: string | undefined },
): { tasks: TaskView[]; total: number } {
  const { offset, limit, status, q = '' } = wanted
  const words = q.trim().toLowerCase()
  if (status === undefined && words === '') {
    return { tasks: view.tasks(run.id, { offset, limit }), total: run.total }
  }
  const found = view
    .tasks(run.id)
    .filter((task) => status === undefined || task.status === status)
    .filter((task) => words === '' || task.title.toLowerCase().includes(words) || String(task.number) === words)
  return { tasks: found.slice(offset, offset + limit), total: found.length }
}
