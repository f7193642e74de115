import type { StatusView } from '../../daemon/api/views.ts'
import { duration } from '../../text/durations.ts'
import type { Moment } from '../../text/times.ts'
import type { ProgressView } from '../views.ts'
import { oneLine } from './clean.ts'

type Beside = NonNullable<ProgressView['beside']>

/** What the processes of other tasks than the current one do. */
export function otherLanes({ lives, current, asks }: Pick<StatusView, 'lives' | 'current' | 'asks'>): Beside {
  return lives
    .filter(({ taskId }) => taskId !== current?.id)
    .map((one) => ({ ...one, isAsked: asks.some(({ taskId }) => taskId === one.taskId) }))
}

/** As many as there can be lanes beside the first. */
const MOST_BESIDE = 9

/** The tasks of the other lanes, one a line, so that one message tells of all. */
export function besideLines(beside: Beside, { now }: Moment): string {
  const lines = [...beside]
    .sort((a, b) => a.task - b.task)
    .slice(0, MOST_BESIDE)
    .map(({ task, title, activity, startedAt, isAsked }) =>
      isAsked
        ? `✋ ${task} · ${oneLine(title, 40)} · waiting for you`
        : `▶️ ${task} · ${oneLine(title, 40)} › ${oneLine(activity, 60)} · ${duration(now - startedAt)}`,
    )
  return lines.join('\n')
}
