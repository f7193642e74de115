import type { TaskView, Views } from '../daemon/api/views.ts'

/** Path of the readable log of a task's latest attempt; undefined before the first. */
export function latestLogOf(view: Views, taskId: string): string | undefined {
  return view.attempts(taskId).at(-1)?.logFile
}

/** The task whose log people mean when they name none: the one that has its turn, else the one that was started last. */
export function taskInView(view: Views, queue: string | undefined): TaskView | undefined {
  const { run, current } = view.status(queue)
  if (!run || (current && current.attempts > 0)) return current
  const begun = view.tasks(run.id).filter((task) => task.attempts > 0)
  return begun.reduce<TaskView | undefined>(
    (latest, task) => ((latest?.startedAt ?? 0) > (task.startedAt ?? 0) ? latest : task),
    undefined,
  )
}
