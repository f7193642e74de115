import type { Draft } from '../draft.ts'
import { taskName } from '../text.ts'
import type { Task } from '../types.ts'

/** A run starts with the first thing done in it. */
export function beginRun(draft: Draft, { runId }: Pick<Task, 'runId'>): void {
  const run = draft.run(runId)
  if (run.startedAt !== undefined) return
  draft.put({ table: 'runs', row: { ...run, startedAt: draft.now } })
  draft.emit('run.started', { run, text: 'Run started' })
}

/** Reports that a task has started; `row` as it is from now on. */
export function tellStart(draft: Draft, row: Task, data?: Record<string, unknown>): void {
  draft.emit('task.started', { task: row, text: `Started ${taskName(row)}`, ...(data && { data }) })
}
