import { latestLogOf, taskInView } from '../../daemon/api/task-in-view.ts'
import type { TaskView, Views } from '../../daemon/api/views.ts'
import { HttpFailure } from '../failure.ts'
import { countLogs, lastLines } from '../log-files.ts'
import type { Parts } from '../parts.ts'

const LINES = 50

/** The end of the log of a task, by default of the running one or the latest, and how many logs there are. */
export async function recentLog(
  { api: { view }, config, redact }: Parts,
  queue: string | undefined,
  lines = LINES,
  number?: number,
): Promise<{ logs: string; file: string | null; total_log_files: number }> {
  const task = number === undefined ? taskInView(view, queue) : taskNumbered(view, queue, number)
  const file = task && latestLogOf(view, task.id)
  const logs = file === undefined ? undefined : await lastLines(file, lines, redact)
  return { logs: logs ?? '', file: file ?? null, total_log_files: await countLogs(config.logsDir) }
}

function taskNumbered(view: Views, queue: string | undefined, number: number): TaskView {
  const { run } = view.status(queue)
  const task = run && view.task(run.id, number)
  if (!task) throw new HttpFailure(404, 'no-such-task', `There is no task ${number}.`)
  return task
}
