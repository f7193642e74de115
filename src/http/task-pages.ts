import type { RunView, TaskView } from '../daemon/api/views.ts'
import type { Parts } from './parts.ts'
import { taskStatusSchema } from './schemas/common.ts'

const ALL_STATUSES = taskStatusSchema.options

/** Which tasks, and in which order: of their numbers, of work, or the latest to end first. */
export interface WantedTasks {
  offset: number
  limit: number
  status?: readonly TaskView['status'][] | undefined
  order?: 'number' | 'work' | 'ended'
  q?: string | undefined
}

/** A part of a run's tasks, and how many there are of that kind. */
export function tasksOfRun(
  { api: { view } }: Pick<Parts, 'api'>,
  run: RunView,
  wanted: WantedTasks,
): { tasks: TaskView[]; total: number } {
  const { offset, limit, status, q = '', order = 'number' } = wanted
  const words = q.trim().toLowerCase()
  if (order !== 'number' && words === '')
    return view.tasksOfStatus(run.id, { statuses: status ?? ALL_STATUSES, order, offset, limit })
  if (status === undefined && words === '') {
    return { tasks: view.tasks(run.id, { offset, limit }), total: run.total }
  }
  const found = view
    .tasks(run.id)
    .filter((task) => status === undefined || status.includes(task.status))
    .filter((task) => words === '' || task.title.toLowerCase().includes(words) || String(task.number) === words)
  return { tasks: found.slice(offset, offset + limit), total: found.length }
}
