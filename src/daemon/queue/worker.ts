import { next, type Step, type TaskStep, type TaskTurn, turns } from '../../core/next.ts'
import type { Task } from '../../core/types.ts'
import type { Dispatcher } from './dispatcher.ts'

/** What the worker can do about a step; each settles when the step is over, or was told to end by `signal`. */
export interface Effects {
  /** Whether this machine may work on it at this very moment, whatever is stored; absent: always. */
  mayBegin?: (task: Task) => boolean
  work: (task: Task, isWanted: () => boolean) => Promise<void>
  verify: (task: Task, signal: AbortSignal) => Promise<void>
  undo: (task: Task) => Promise<void>
  land: (task: Task, signal: AbortSignal) => Promise<void>
  mark: (task: Task) => Promise<void>
  handBack: (task: Task) => Promise<void>
  /** Runs the user's commands after a task. */
  runAfter: (task: Task, signal: AbortSignal) => Promise<void>
  discard: (task: Task) => Promise<void>
}

/** The worker of a queue: one hand for each of its lanes, and for what needs none. */
export interface Worker {
  /** Starts doing what next says. */
  start: () => void
  /** Lets what is running finish, and starts nothing more. */
  stop: () => Promise<void>
  /** What it is about, for people and health checks. */
  step: () => Step
  /** Settles at the next moment when there is nothing to do but wait; says for what. */
  idle: () => Promise<Step>
  isStopping: () => boolean
  /** An error that no rule foresees ended the loop. */
  failure: () => Error | undefined
}

/** The longest sleep: clocks jump and machines sleep, so a wait is checked again even if its timer is late. */
const LOOK_AGAIN_MS = 30_000
/** What may not begin now may soon, and nothing is stored about it. */
const BARRED_MS = 500

/** Lets taps, requests and streams have a turn of the event loop. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Something that is being done for a task, and the lane it is done in. */
interface Doing {
  lane: number | undefined
  over: Promise<void>
}

/**
 * Makes the worker: after every commit it asks `turns` what should be done, and does what nobody is doing. It holds no state
 * of its own, so that starting after a crash is the same as continuing.
 */
export function createWorker(
  dispatcher: Dispatcher,
  effects: Effects,
  now: () => number,
  onFailure: (error: Error) => void,
): Worker {
  let stopping = false
  let failure: Error | undefined
  let wake: (() => void) | undefined
  let running: Promise<void> | undefined
  let idleWaiters: ((step: Step) => void)[] = []
  let lookedAt = now()
  let barred = false
  const abort = new AbortController()
  /** By task. */
  const doing = new Map<string, Doing>()

  const current = () => next(dispatcher.state(), now())
  const stepOf = (taskId: string): TaskStep | undefined =>
    turns(dispatcher.state(), now()).find(({ task }) => task.id === taskId)?.step

  const sleep = (untilMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(LOOK_AGAIN_MS, Math.max(0, untilMs - now())))
      function done() {
        clearTimeout(timer)
        wake = undefined
        resolve()
      }
      wake = done
    })

  const unsubscribe = dispatcher.onCommit(() => wake?.())

  /** A check or a landing continues only while next still says so. */
  const whileWanted = async ({ task, step }: TaskTurn, work: (signal: AbortSignal) => Promise<void>) => {
    const ending = new AbortController()
    const look = () => {
      if (stopping || stepOf(task.id)?.do !== step.do) ending.abort()
    }
    const stopLooking = dispatcher.onCommit(look)
    const onStop = () => ending.abort()
    abort.signal.addEventListener('abort', onStop)
    try {
      await work(ending.signal)
    } finally {
      stopLooking()
      abort.signal.removeEventListener('abort', onStop)
    }
  }

  const isWorkOn = (task: Task) => () => !stopping && stepOf(task.id)?.do === 'work'

  const perform = async (turn: TaskTurn): Promise<void> => {
    const { task, step } = turn
    if (step.do === 'work') await effects.work(task, isWorkOn(task))
    else if (step.do === 'verify') await whileWanted(turn, (signal) => effects.verify(task, signal))
    else if (step.do === 'land') await whileWanted(turn, (signal) => effects.land(task, signal))
    else if (step.do === 'undo') await effects.undo(task)
    else if (step.do === 'mark') await effects.mark(task)
    else if (step.do === 'hand-back') await effects.handBack(task)
    else if (step.do === 'run-after') await whileWanted(turn, (signal) => effects.runAfter(task, signal))
    else if (step.do === 'discard') await effects.discard(task)
  }

  const fail = (error: unknown) => {
    if (failure) return
    failure = error instanceof Error ? error : new Error(String(error))
    onFailure(failure)
    const step = current()
    for (const tell of idleWaiters) tell(step)
  }

  /** Starts one that nobody works on yet. A lane is free only when everything done in it before is over. */
  const begin = (all: TaskTurn[]): boolean => {
    barred = false
    for (const turn of all) {
      const { id, lane } = turn.task
      if (turn.step.do === 'wait' || doing.has(id)) continue
      if (lane !== undefined && [...doing.values()].some((other) => other.lane === lane)) continue
      if (effects.mayBegin?.(turn.task) === false) {
        barred = true
        continue
      }
      const over = perform(turn)
        .catch(fail)
        // Lets events reach their readers, and commands reach the inbox, between two steps.
        .then(nextTurn)
        .then(() => {
          doing.delete(id)
          wake?.()
        })
      doing.set(id, { lane, over })
      return true
    }
    return false
  }

  const loop = async () => {
    await nextTurn()
    while (!stopping && !failure) {
      const all = turns(dispatcher.state(), now())
      if (begin(all)) {
        // A start takes some 10 ms: taps, requests and streams need not wait for those of all lanes.
        await nextTurn()
        continue
      }
      if (doing.size === 0 && !barred) {
        const waiters = idleWaiters
        idleWaiters = []
        for (const tell of waiters) tell(current())
      }
      const until = Math.min(...all.map(({ step }) => (step.do === 'wait' ? step.until : undefined) ?? Infinity))
      await sleep(barred ? Math.min(until, now() + BARRED_MS) : until)
      const isSetBack = now() < lookedAt
      lookedAt = now()
      if (!stopping && (isSetBack || until <= lookedAt)) await dispatcher.record({ type: 'tick' })
    }
  }

  return {
    start() {
      running ??= loop().catch(fail)
    },
    async stop() {
      stopping = true
      abort.abort()
      wake?.()
      await running
      await Promise.all([...doing.values()].map(({ over }) => over))
      unsubscribe()
    },
    step: current,
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve)
        wake?.()
      }),
    isStopping: () => stopping,
    failure: () => failure,
  }
}
