import { countLogs, lastLines } from '../log-files.ts'
import type { Parts } from '../parts.ts'
import { latestLogOf, taskInView } from '../task-logs.ts'

const LINES = 50

/** The end of the log of the task at work, or of the latest, and how many logs there are. */
export async function recentLog(
  { face: { view }, config, redact }: Parts,
  queue: string | undefined,
  lines = LINES,
): Promise<{ logs: string; file: string | null; total_log_files: number }> {
  const task = taskInView(view, queue)
  const file = task && latestLogOf(view, task.id)
  const logs = file === undefined ? undefined : await lastLines(file, lines, redact)
  return { logs: logs ?? '', file: file ?? null, total_log_files: await countLogs(config.logsDir) }
}
