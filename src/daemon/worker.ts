import { next, type Step } from '../core/next.ts'
import type { Task } from '../core/types.ts'
import type { Dispatcher } from './dispatch.ts'

/** What the worker can do about a step; each settles when the step is over, or was told to end by `signal`. */
export interface Effects {
  work: (task: Task, isWanted: () => boolean) => Promise<void>
  verify: (task: Task, signal: AbortSignal) => Promise<void>
  undo: (task: Task) => Promise<void>
  mark: (task: Task) => Promise<void>
}

/** The single worker of a queue. */
export interface Worker {
  /** Begins to do what next says. */
  start: () => void
  /** Ends what is going on in an orderly way and does nothing more. */
  stop: () => Promise<void>
  /** What it is about, for people and health checks. */
  step: () => Step
  /** Settles at the next moment when there is nothing to do but wait; tells for what. */
  idle: () => Promise<Step>
  isStopping: () => boolean
  /** An error that no rule foresees ended the loop. */
  failure: () => Error | undefined
}

/** The longest sleep: clocks jump and machines sleep, so a wait is looked at again even if its timer is late. */
const LOOK_AGAIN_MS = 30_000

/**
 * Makes the worker: it asks `next` after every commit and does that one thing. It holds no state of its own, so that
 * starting after a crash is the same as going on.
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
  const abort = new AbortController()

  const current = () => next(dispatcher.state(), now())

  const sleep = (untilMs: number | undefined) =>
    new Promise<void>((resolve) => {
      const ms = Math.min(LOOK_AGAIN_MS, untilMs === undefined ? LOOK_AGAIN_MS : Math.max(0, untilMs - now()))
      const timer = setTimeout(done, ms)
      function done() {
        clearTimeout(timer)
        wake = undefined
        resolve()
      }
      wake = done
    })

  const unsubscribe = dispatcher.onCommit(() => wake?.())

  /** A check or an undo goes on only while next still says so. */
  const whileWanted = async (step: Step & { task: Task }, doing: (signal: AbortSignal) => Promise<void>) => {
    const ending = new AbortController()
    const look = () => {
      const now = current()
      if (stopping || now.do !== step.do || !('task' in now) || now.task?.id !== step.task.id) ending.abort()
    }
    const stopLooking = dispatcher.onCommit(look)
    const onStop = () => ending.abort()
    abort.signal.addEventListener('abort', onStop)
    try {
      await doing(ending.signal)
    } finally {
      stopLooking()
      abort.signal.removeEventListener('abort', onStop)
    }
  }

  const isWorkOn = (task: Task) => () => {
    const step = current()
    return !stopping && step.do === 'work' && step.task.id === task.id
  }

  const loop = async () => {
    while (!stopping) {
      // Lets events reach their readers, and acts reach the inbox, between two steps.
      await new Promise((resolve) => setImmediate(resolve))
      if (stopping) break
      const step = current()
      if (step.do === 'work') await effects.work(step.task, isWorkOn(step.task))
      else if (step.do === 'verify') await whileWanted(step, (signal) => effects.verify(step.task, signal))
      else if (step.do === 'undo') await effects.undo(step.task)
      else if (step.do === 'mark') await effects.mark(step.task)
      else {
        const waiters = idleWaiters
        idleWaiters = []
        for (const tell of waiters) tell(step)
        // A commit may have come while the waiters were told.
        if (!stopping && sameStep(step, current())) await sleep(step.do === 'wait' ? step.until : undefined)
        const isSetBack = now() < lookedAt
        lookedAt = now()
        if (isSetBack || (step.do === 'wait' && step.until !== undefined && step.until <= lookedAt))
          await dispatcher.record({ type: 'tick' })
      }
    }
  }

  return {
    start() {
      running ??= loop().catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error))
        onFailure(failure)
        const step = current()
        for (const tell of idleWaiters) tell(step)
      })
    },
    async stop() {
      stopping = true
      abort.abort()
      wake?.()
      await running
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

const sameStep = (a: Step, b: Step) =>
  a.do === b.do &&
  (a.do !== 'wait' || b.do !== 'wait' || (a.why === b.why && a.until === b.until && a.task?.id === b.task?.id))
