import type { z } from 'zod'
import type { Views } from '../../daemon/api/views.ts'
import type { webhookStatus } from '../schemas/run.ts'
import { iso, isoOrNull } from './moment.ts'
import { webhookTaskOf } from './task.ts'

/** The current run, or the latest, in the words of the predecessor; undefined when there never was one. */
export function webhookStatusOf(
  view: Views,
  logOf: (taskId: string) => string | undefined,
  queue: string | undefined,
): z.output<typeof webhookStatus> | undefined {
  const { run, current, live } = view.status(queue)
  if (!run) return undefined
  const tasks = view.tasks(run.id)
  const asks = view.asksOfRun(run.id)
  const latest = tasks.filter((task) => task.startedAt !== undefined).sort((a, b) => startOf(b) - startOf(a))[0]
  const index = tasks.findIndex((task) => task.id === (current ?? latest)?.id)
  const moments = [
    run.createdAt,
    run.startedAt,
    run.endedAt,
    live?.lastOutputAt,
    ...tasks.flatMap((task) => [task.startedAt, task.endedAt]),
    ...asks.flatMap((ask) => [ask.openedAt, ask.closedAt]),
  ]
  return {
    session_id: run.id,
    task_file: run.files.join(', '),
    status: run.status,
    current_task_index: Math.max(0, index),
    task: tasks[index]?.number ?? null,
    total: run.total,
    tasks: tasks.map((task) => webhookTaskOf(task, ({ id, attempts }) => (attempts > 0 ? logOf(id) : undefined))),
    started_at: isoOrNull(run.startedAt),
    last_activity: iso(moments.reduce<number>((newest, ms) => Math.max(newest, ms ?? 0), 0)),
  }
}

const startOf = ({ startedAt = 0 }: { startedAt?: number }): number => startedAt
