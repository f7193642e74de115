import type { TaskView } from '../../daemon/api/views.ts'

/** Somebody has worked on the task since it was last put into the queue: a retry takes its start back, and keeps the count. */
export const isTakenUp = ({ attempts, startedAt }: Pick<TaskView, 'attempts' | 'startedAt'>): boolean =>
  attempts > 0 && startedAt !== undefined
