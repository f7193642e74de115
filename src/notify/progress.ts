import type { BatonEvent } from '../core/types.ts'

type Events = (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]

const BATCH = 500
/** Runs that are followed at a time: one per project is current, the others are old. */
const FOLLOWED = 8

/** What the stream itself says about a run, as of one of its events; so that a backlog is sent as it was. */
export interface RunProgress {
  /** Tasks of the run that were done when `event` happened, itself included. */
  completed: (event: BatonEvent) => number
  /** The run began at once when it was queued. */
  began: (runId: string) => boolean
}

/** Counts from the stream, each event once as long as runs are looked at in order. */
export function createRunProgress(events: Events): RunProgress {
  const runs = new Map<string, { upTo: number; done: Set<string> }>()

  const follow = (runId: string, upTo: number) => {
    const known = runs.get(runId)
    const run = known && known.upTo <= upTo ? known : { upTo: 0, done: new Set<string>() }
    for (;;) {
      const batch = events({ after: run.upTo, runId, limit: BATCH })
      for (const event of batch) {
        if (event.seq > upTo) break
        run.upTo = event.seq
        if (event.taskId === undefined) continue
        if (event.type === 'task.done') run.done.add(event.taskId)
        else if (event.type === 'task.reset') run.done.delete(event.taskId)
        else if (event.type === 'task.undone' && event.data?.ok !== false) {
          // An undo that is taken back makes the task what it was before.
          if (event.data?.phase === 'done') run.done.add(event.taskId)
          else run.done.delete(event.taskId)
        }
      }
      if (batch.length < BATCH || (batch.at(-1)?.seq ?? 0) > upTo) break
    }
    runs.delete(runId)
    runs.set(runId, run)
    const [oldest] = runs.keys()
    if (runs.size > FOLLOWED && oldest !== undefined) runs.delete(oldest)
    return run
  }

  return {
    completed: ({ runId, seq }) => (runId === undefined ? 0 : follow(runId, seq).done.size),
    began: (runId) => {
      const queued = events({ runId, limit: 1 })[0]
      return queued?.type !== 'run.queued' || Number(queued.data?.ahead ?? 0) === 0
    },
  }
}
