import { isPressing } from '../../core/asks/asks.ts'
import { HOLDS_ALL } from '../../core/next.ts'
import { hasRunEnded } from '../../core/status.ts'
import type { TaskStatus } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import type { StatusView } from '../../daemon/api/views.ts'

/** Why following a run ends. */
export type FollowEndReason =
  /** Nothing is left to do, or it was stopped. */
  | 'over'
  /** Something is asked that nobody here can answer. */
  | 'asked'
  | 'paused'

/** Who follows, and what they can wait for. */
export interface Patience {
  /** One run among others; absent: everything that is open in the queue. */
  runId?: string
  /** Somebody can answer, here or elsewhere. */
  forAnswers: boolean
  /** Somebody can resume, here or elsewhere. */
  forResume: boolean
}

/** Says whether there is still something to follow; undefined while there is. */
export function followEndReason(
  { view }: Pick<DaemonApi, 'view'>,
  queue: string,
  patience: Patience,
): FollowEndReason | undefined {
  const status = view.status(queue)
  const run = patience.runId === undefined ? status.run : view.run(patience.runId)
  if (!run || hasRunEnded(run.status)) return 'over'
  if (!patience.forAnswers && isAsked(status)) return 'asked'
  if (!patience.forResume && isAtRest(status)) return 'paused'
  return undefined
}

const CONTINUES_ALONE: ReadonlySet<TaskStatus> = new Set(['queued', 'running', 'verifying', 'merging'])

/** Nothing continues without an answer: other lanes continue with what they have, and nothing waits for what is asked about an undo. */
function isAsked({ asks, running }: StatusView): boolean {
  const pressing = asks.filter(isPressing)
  if (pressing.length === 0) return false
  return (
    pressing.some(({ about }) => HOLDS_ALL.has(about)) || !running.some(({ status }) => CONTINUES_ALONE.has(status))
  )
}

/** A pause after the task lets the task run to its end. */
function isAtRest({ paused, current }: StatusView): boolean {
  if (!paused) return false
  return (
    paused.mode === 'now' ||
    (current?.status !== 'running' && current?.status !== 'verifying' && current?.status !== 'merging')
  )
}
