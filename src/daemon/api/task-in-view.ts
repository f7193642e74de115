import type { TaskView, Views } from './views.ts'

/** How many runs are looked through for one in which something ran. */
const RECENT_RUNS = 20

/** Path of the readable log of a task's latest attempt; undefined before the first. */
export function latestLogOf(view: Views, taskId: string): string | undefined {
  return view.attempts(taskId).at(-1)?.logFile
}

/**
 * The task that people mean when they name none: the one that has its turn, else the one that was started last, in the current
 * run, else in the latest one in which anything ran. The one place that says so, for every surface.
 */
export function taskInView(view: Views, queue: string | undefined): TaskView | undefined {
  const { run, current } = view.status(queue)
  if (!run || (current && current.attempts > 0)) return current
  const here = startedLast(view, run.id)
  if (here) return here
  for (const { id } of view.runs({ queue: run.queue, limit: RECENT_RUNS })) {
    const found = startedLast(view, id)
    if (found) return found
  }
  return undefined
}

function startedLast(view: Views, runId: string): TaskView | undefined {
  const begun = view.tasks(runId).filter((task) => task.attempts > 0)
  return begun.reduce<TaskView | undefined>(
    (latest, task) => ((latest?.startedAt ?? 0) > (task.startedAt ?? 0) ? latest : task),
    undefined,
  )
}
