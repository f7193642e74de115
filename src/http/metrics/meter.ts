import type { TaskEnd } from '../../core/status.ts'
import type { BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { createHistogram, type Histogram } from './histogram.ts'

const TASK_BUCKETS_S = [10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200]
const WAIT_BUCKETS_S = [10, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 24 * 3_600]
const REQUEST_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** What happened since the start, counted; what is now is read from the views. */
export interface Meter {
  /** Ended tasks by status. */
  tasks: ReadonlyMap<string, number>
  taskSeconds: Histogram
  /** How long people took to answer. */
  waitSeconds: Histogram
  events: () => number
  /** Requests as `method route status`. */
  requests: ReadonlyMap<string, number>
  requestSeconds: Histogram
  request: (label: string, durationMs: number) => void
  startedAt: number
  close: () => void
}

const ENDS: Partial<Record<BatonEvent['type'], TaskEnd>> = {
  'task.done': 'done',
  'task.failed': 'failed',
  'task.skipped': 'skipped',
  'task.blocked': 'blocked',
}

/** The end that an event reports; one that is undone has ended once more, without work of its own. */
function endOf({ type, data }: BatonEvent): TaskEnd | undefined {
  return type === 'task.undone' && data?.phase === 'undone' ? 'undone' : ENDS[type]
}

const WORKED: ReadonlySet<TaskEnd> = new Set(['done', 'failed', 'skipped'])

export function createMeter(api: DaemonApi, after: number, now: () => number): Meter {
  const tasks = new Map<string, number>()
  const requests = new Map<string, number>()
  const taskSeconds = createHistogram(TASK_BUCKETS_S)
  const waitSeconds = createHistogram(WAIT_BUCKETS_S)
  const requestSeconds = createHistogram(REQUEST_BUCKETS_S)
  let events = 0
  const close = api.follow((event) => {
    events++
    const status = endOf(event)
    if (status !== undefined) {
      tasks.set(status, (tasks.get(status) ?? 0) + 1)
      const task = event.taskId === undefined ? undefined : api.view.fullTask(event.taskId)
      if (task?.startedAt !== undefined && WORKED.has(status)) taskSeconds.add((event.at - task.startedAt) / 1_000)
    }
    if (event.type === 'ask.answered' && event.askId !== undefined) {
      const ask = api.view.ask(event.askId)
      if (ask) waitSeconds.add((event.at - ask.openedAt) / 1_000)
    }
  }, after)
  return {
    tasks,
    taskSeconds,
    waitSeconds,
    events: () => events,
    requests,
    requestSeconds,
    request(label, durationMs) {
      requests.set(label, (requests.get(label) ?? 0) + 1)
      requestSeconds.add(durationMs / 1_000)
    },
    startedAt: now(),
    close,
  }
}
