import type { z } from 'zod'
import { actorText } from '../../core/actors.ts'
import { workedIn } from '../../core/worked-in.ts'
import type { TaskView } from '../../daemon/api/views.ts'
import type { task, taskRow, webhookTask } from '../schemas/task.ts'
import { isoOrNull } from './moment.ts'

type LogOf = (task: TaskView) => string | undefined

/** A task in the words of the predecessor. */
export function webhookTaskOf(view: TaskView, logOf: LogOf): z.output<typeof webhookTask> {
  return {
    id: view.number,
    title: view.title,
    type: view.type ?? null,
    status: view.status,
    started_at: isoOrNull(view.startedAt),
    completed_at: isoOrNull(view.endedAt),
    result: view.result ?? null,
    output_log: logOf(view) ?? null,
  }
}

/** One row of a list. */
export function taskRowOf(view: TaskView): z.output<typeof taskRow> {
  const { output_log: _, ...row } = webhookTaskOf(view, () => undefined)
  return {
    ...row,
    priority: view.priority,
    where: view.where,
    file: view.file ?? null,
    line: view.line ?? null,
    url: view.url ?? null,
    depends_on: view.dependsOn,
    blocked_by: view.blockedBy ?? [],
    attempts: view.attempts,
    turns: view.turns,
    cost_usd: view.costUsd,
    ...workedIn(view),
    taken_over: view.takenOver ? { by: actorText(view.takenOver.by), since: isoOrNull(view.takenOver.at) } : null,
  }
}

export function presentTask(view: TaskView, logOf: LogOf): z.output<typeof task> {
  return { ...taskRowOf(view), output_log: logOf(view) ?? null }
}
