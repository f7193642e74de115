import { isOver } from '../../core/status.ts'
import type { Attempt } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { RunView, TaskView } from '../../daemon/api/views.ts'
import type { Summary } from '../show/summary.ts'
import type { FollowEnd } from './session.ts'

/** What the exit code depends on beside the state. */
export interface Circumstances {
  ended: FollowEnd
  onFailure: 'ask' | 'stop' | 'continue'
}

/** Sums up what became of the runs, and with which exit code the program ends. */
export function summarize(
  { view }: Pick<DaemonApi, 'view'>,
  queue: string,
  runIds: Iterable<string>,
  { ended, onFailure, alreadyDone, since, now }: Circumstances & { alreadyDone: number; since: number; now: number },
): Summary {
  const runs = [...runIds].map((id) => view.run(id)).filter((run) => run !== undefined)
  const tasks = runs.flatMap((run) => view.tasks(run.id))
  const asks = view.status(queue).asks.filter((ask) => runs.some((run) => run.id === ask.runId))
  return {
    exitCode: exitCode(runs, tasks, { ended, onFailure }),
    runs: runs.map(({ id, status, reason, costUsd }) => ({
      id,
      status,
      costUsd,
      ...(reason !== undefined && { reason }),
    })),
    tasks: tasks.map((task) => ({ ...task, ...logOf(view.attempts(task.id)) })),
    alreadyDone,
    asks,
    decided: runs.flatMap((run) => view.asksOfRun(run.id)).filter(({ answer }) => answer !== undefined),
    // A run that was continued counts from its own start.
    durationMs: now - Math.min(since, ...runs.map(({ startedAt }) => startedAt ?? since)),
  }
}

const logOf = (attempts: Attempt[]) => {
  const log = attempts.at(-1)?.logFile
  return log === undefined ? {} : { log }
}

/** 0 all done · 1 something failed or was left out · 3 tasks are left · 130 the person left. */
export function exitCode(
  runs: Pick<RunView, 'status'>[],
  tasks: Pick<TaskView, 'status'>[],
  { ended, onFailure }: Circumstances,
): number {
  if (ended === 'left') return 130
  const isLeft = tasks.some(({ status }) => !isOver(status))
  const hasFailed = tasks.some(({ status }) => status === 'failed' || status === 'blocked')
  // The failure ended the run as configured: that it failed says more than that something is left.
  if (hasFailed && onFailure === 'stop' && runs.some(({ status }) => status === 'stopped')) return 1
  if (ended !== 'over' || isLeft) return 3
  return tasks.every(({ status }) => status === 'done') ? 0 : 1
}
