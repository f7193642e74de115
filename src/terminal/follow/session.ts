import type { BatonEvent } from '../../core/types.ts'
import type { DaemonApi } from '../../daemon/api/api.ts'
import { type FollowEndReason, followEndReason, type Patience } from './end-reason.ts'
import type { RunReporter } from './run-reporter.ts'

/** How following ended: by what happened, by the person, or because the process that did the work is gone. */
export type FollowEnd = FollowEndReason | 'left' | { trouble: string }

const LOOK_MS = 1_000

/** Events after which a run may have come to an end or a stop. */
const TURNS = /^(run|ask|queue)\./

/** What is followed, and by whom. */
export interface SessionPorts {
  api: Pick<DaemonApi, 'view'>
  queue: string
  patience: Patience
  reporter: RunReporter
  /** Runs that are followed; a run that is queued or opened again later belongs to them, too. */
  runIds: Set<string>
  /** What is wrong with the process that does the work; asked once a second. */
  trouble: () => string | undefined
}

export interface FollowSession {
  ended: Promise<FollowEnd>
  event: (event: BatonEvent) => void
  leave: () => void
}

/** Reports every event of the runs, and settles when there is nothing to follow any more. */
export function createFollowSession({ api, queue, patience, reporter, runIds, trouble }: SessionPorts): FollowSession {
  let end: (how: FollowEnd) => void = () => undefined
  const ended = new Promise<FollowEnd>((resolve) => {
    end = resolve
  })
  const look = () => {
    const how = followEndReason(api, queue, patience)
    if (how !== undefined) end(how)
  }
  const clock = setInterval(() => {
    const what = trouble()
    if (what !== undefined) end({ trouble: what })
  }, LOOK_MS)
  ended.finally(() => clearInterval(clock))
  const { paused, asks } = api.view.status(queue)
  let isPaused = paused !== undefined
  let isAsked = asks.length > 0
  // What is left may be nothing, or something that waits already.
  look()

  return {
    ended,
    leave: () => end('left'),
    event(event) {
      if (event.queue !== queue) return
      const joins = event.type === 'run.queued' || event.type === 'run.reopened'
      if (joins && event.runId !== undefined && patience.runId === undefined) runIds.add(event.runId)
      if (event.runId !== undefined && !runIds.has(event.runId)) return
      reporter.event(event)
      if (event.type === 'queue.paused' || event.type === 'queue.resumed') isPaused = event.type === 'queue.paused'
      if (event.type === 'ask.opened') isAsked = true
      // A look costs more the longer the queue is; a pause after the task begins with its end, and so may a wait for answers.
      if (TURNS.test(event.type) || ((isPaused || isAsked) && /^(task|attempt)\./.test(event.type))) look()
    },
  }
}
