import { hasEnded, type State } from './state.ts'
import type { Attempt, Run, Task } from './types.ts'

/** What the worker of a queue should be doing. */
export type Step =
  /** Nothing is open. */
  | { do: 'rest' }
  /** Something is open, but not now; `until` when time alone ends the wait. */
  | { do: 'wait'; why: 'asks' | 'paused' | 'held' | 'ending'; task?: Task; until?: number }
  /** Work on the task: begin or continue an attempt, or keep the live one going. */
  | { do: 'work'; task: Task }
  | { do: 'verify'; task: Task }
  | { do: 'undo'; task: Task }
  | { do: 'mark'; task: Task }

/**
 * What should be going on now. Asked after every commit and at boot, so that recovery is the ordinary path: a worker that
 * does something else ends it first.
 */
export function next(state: State, now: number): Step {
  const run = headRun(state)
  const task = run && headTask(state, run)
  const live = liveAttempt(state)
  if (live && live.taskId !== task?.id) return { do: 'wait', why: 'ending' }
  if (!task) return { do: 'rest' }
  if (task.phase === 'marking') return { do: 'mark', task }
  const { paused, hold } = state.queue
  const begun = task.phase !== 'queued' && task.phase !== 'approval' && task.phase !== 'ready'
  if (paused && (paused.mode === 'now' || !begun)) return { do: 'wait', why: 'paused', task }
  if (task.phase === 'verifying') return { do: 'verify', task }
  if (task.phase === 'undoing') return { do: 'undo', task }
  if (live) return isStale(task, live) ? { do: 'wait', why: 'ending' } : { do: 'work', task }
  if (hasOpenAsk(state, task)) return { do: 'wait', why: 'asks', task }
  if (task.phase !== 'ready' && task.phase !== 'working') return { do: 'wait', why: 'asks', task }
  // What is kept for the person keeps new tasks from starting; what has begun is brought to its end.
  const holds = hold && now < hold.until && (hold.why !== 'kept' || !begun)
  if (holds) return { do: 'wait', why: 'held', task, until: hold.until }
  return task.phase === 'ready' && task.firstCheck === 'due' ? { do: 'verify', task } : { do: 'work', task }
}

/** The live process belongs to a try that was given up. */
const isStale = (task: Task, live: Attempt) => task.phase !== 'working' || task.attemptId !== live.id

/** The oldest open run. */
function headRun(state: State): Run | undefined {
  let head: Run | undefined
  for (const run of state.runs.values()) if (run.state === 'open' && (!head || run.seq < head.seq)) head = run
  return head
}

/** The task that was taken up last, while it goes on. After settle, no other can have its turn. */
function headTask(state: State, run: Run): Task | undefined {
  const task = run.currentTaskId === undefined ? undefined : state.tasks.get(run.currentTaskId)
  if (task && !hasEnded(task)) return task
  const first = state.order.get(run.id)?.[state.heads.get(run.id) ?? 0]
  return first === undefined ? undefined : state.tasks.get(first)
}

function liveAttempt(state: State): Attempt | undefined {
  for (const attempt of state.attempts.values()) if (attempt.live) return attempt
  return undefined
}

/** Something about the task waits for a person. */
function hasOpenAsk(state: Pick<State, 'asks'>, task: Task): boolean {
  for (const ask of state.asks.values()) if (ask.taskId === task.id && ask.state === 'open') return true
  return false
}
