import { mayWorkOn } from './lanes/lease.ts'
import { hasEnded, isBegun, type State } from './state.ts'
import type { Ask, Attempt, Run, Task } from './types.ts'

/**
 * Why an open task has to wait. `lane`: all lanes are in use; `ending`: a process is about to end; `person`: a person works in
 * its session; `lease`: another machine may have the run.
 */
interface Wait {
  do: 'wait'
  why: 'asks' | 'paused' | 'held' | 'ending' | 'lane' | 'person' | 'lease'
  task?: Task
  /** When time alone ends the wait. */
  until?: number
}

/** What should happen to a task: a wait, or something to do. */
export type TaskStep =
  | Wait
  /** Work on the task: begin or continue an attempt, or keep the live one going. */
  | { do: 'work'; task: Task }
  | { do: 'verify'; task: Task }
  | { do: 'undo'; task: Task }
  /** Bring it onto the integration branch. */
  | { do: 'land'; task: Task }
  | { do: 'mark'; task: Task }
  /** End what is left of a person's window, and see what they did. */
  | { do: 'hand-back'; task: Task }
  /** Give its folder back. */
  | { do: 'run-after'; task: Task }
  | { do: 'discard'; task: Task }

/** What a queue should be doing; `rest`: nothing is open. */
export type Step = { do: 'rest' } | TaskStep

/** What should happen now to a task that has its turn. */
export interface TaskTurn {
  task: Task
  step: TaskStep
}

/**
 * What should happen now to each task that has its turn, oldest first. Asked after every commit and at boot, so that
 * recovery is the ordinary path: whoever does something else ends it first.
 */
export function turns(state: State, now: number): TaskTurn[] {
  const around = lookAround(state)
  const found: TaskTurn[] = []
  for (const task of activeTasks(state)) {
    const step = stepOf(state, around, task, now)
    if (step) found.push({ task, step })
  }
  return found
}

/** What the queue as a whole should be doing: the first thing to be done, else what it waits for. */
export function next(state: State, now: number): Step {
  const all = turns(state, now).map(({ step }) => step)
  for (const why of ['ending', undefined, 'held', 'asks', 'paused', 'lane', 'person', 'lease']) {
    const step = all.find((step) => (step.do === 'wait' ? step.why : undefined) === why)
    if (step && (why !== 'ending' || all.every(isWait))) return step
  }
  if ([...state.attempts.values()].some(({ live }) => live)) return { do: 'wait', why: 'ending' }
  const run = headRun(state)
  const first = run && state.order.get(run.id)?.[state.heads.get(run.id) ?? 0]
  const task = first === undefined ? undefined : state.tasks.get(first)
  return task && !hasEnded(task) ? { do: 'wait', why: 'paused', task } : { do: 'rest' }
}

const isWait = (step: TaskStep): step is Wait => step.do === 'wait'

/** What the tasks of a queue have in common. */
interface Around {
  live: Attempt[]
  asks: Ask[]
}

function lookAround(state: State): Around {
  return {
    live: [...state.attempts.values()].filter(({ live }) => live),
    asks: [...state.asks.values()].filter((ask) => ask.state === 'open'),
  }
}

function stepOf(state: State, { live, asks }: Around, task: Task, now: number): TaskStep | undefined {
  const own = live.find(({ taskId }) => taskId === task.id)
  const run = state.runs.get(task.runId)
  const isOpen = run?.state === 'open'
  if (own && (!isOpen || !isBegun(task) || task.lane === undefined)) return { do: 'wait', why: 'ending' }
  if (hasEnded(task)) {
    if (task.hooks === 'due') return { do: 'run-after', task }
    return task.worktree === undefined ? undefined : { do: 'discard', task }
  }
  if (task.phase === 'taken_over') {
    if (own) return { do: 'wait', why: 'ending' }
    return task.takenOver?.release ? { do: 'hand-back', task } : { do: 'wait', why: 'person', task }
  }
  if (!isOpen || !isBegun(task)) return undefined
  if (!mayWorkOn(run)) return { do: 'wait', why: own ? 'ending' : 'lease', task }
  if (live.some((other) => other !== own && isInTheWay(state, other, task))) return { do: 'wait', why: 'ending' }
  if (task.phase === 'marking') return { do: 'mark', task }
  const { paused, hold, trial } = state.queue
  const begun = task.phase !== 'approval' && task.phase !== 'ready'
  if (paused && (paused.mode === 'now' || !begun)) return { do: 'wait', why: 'paused', task }
  if (task.phase === 'merging') return waitFor(state, asks, task, LINE) ?? { do: 'land', task }
  if (task.phase === 'verifying' || task.phase === 'undoing') {
    if (task.lane === undefined) return { do: 'wait', why: 'lane', task }
    return { do: task.phase === 'verifying' ? 'verify' : 'undo', task }
  }
  if (own) return isStale(task, own) ? { do: 'wait', why: 'ending' } : { do: 'work', task }
  if (hasOpenAsk(state, task) || (task.phase !== 'ready' && task.phase !== 'working'))
    return { do: 'wait', why: 'asks', task }
  if (task.lane === undefined) return { do: 'wait', why: 'lane', task }
  const asked = waitFor(state, asks, task, START)
  if (asked && task.spec.deploy === undefined) return asked
  // What is kept for the person keeps new tasks from starting; what has begun is brought to its end.
  const holds = hold && now < hold.until && (hold.why !== 'kept' || !begun) && task.spec.deploy === undefined
  if (holds) return { do: 'wait', why: 'held', task, until: hold.until }
  if (trial && (trial.waits || trial.taskId !== task.id) && !task.spec.run) return { do: 'wait', why: 'held', task }
  return task.phase === 'ready' && task.firstCheck === 'due' ? { do: 'verify', task } : { do: 'work', task }
}

/** Asks that must be answered before any task may start, or may land, whichever task opened them. */
const START: Ask['about'][] = ['credentials', 'day-budget', 'run-budget', 'workspace']
const LINE: Ask['about'][] = ['merge-line']
/** What is asked about while no task starts, or none lands. */
export const HOLDS_ALL: ReadonlySet<Ask['about']> = new Set([...START, ...LINE])
const OF_RUN: Ask['about'][] = ['run-budget', 'merge-line', 'workspace']

function waitFor(state: State, asks: Ask[], task: Task, about: Ask['about'][]): Wait | undefined {
  const isOfRun = (ask: Ask) => ask.about !== undefined && OF_RUN.includes(ask.about)
  const ask = asks.find((ask) => about.includes(ask.about) && (!isOfRun(ask) || ask.runId === task.runId))
  const asked = ask && state.tasks.get(ask.taskId)
  return asked && { do: 'wait', why: 'asks', task: asked }
}

/** A process without a lane, or one on this lane, is still there. */
function isInTheWay(state: State, attempt: Attempt, task: Task): boolean {
  const lane = state.tasks.get(attempt.taskId)?.lane
  return lane === undefined || lane === task.lane
}

/** The live process belongs to an attempt that was given up. */
const isStale = (task: Task, live: Attempt) => task.phase !== 'working' || task.attemptId !== live.id

function activeTasks(state: State): Task[] {
  const tasks = [...state.active].flatMap((id) => state.tasks.get(id) ?? [])
  const seqOf = ({ runId }: Task) => state.runs.get(runId)?.seq ?? 0
  return tasks.sort((a, b) => seqOf(a) - seqOf(b) || a.position - b.position)
}

/** The oldest open run. */
function headRun(state: State): Run | undefined {
  let head: Run | undefined
  for (const run of state.runs.values()) if (run.state === 'open' && (!head || run.seq < head.seq)) head = run
  return head
}

/** Something about the task waits for a person. */
function hasOpenAsk(state: Pick<State, 'asks'>, task: Task): boolean {
  for (const ask of state.asks.values()) if (ask.taskId === task.id && ask.state === 'open') return true
  return false
}
