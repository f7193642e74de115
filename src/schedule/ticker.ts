/** Calls back after a while; what it gives ends the wait. */
export type SetTimer = (ms: number, call: () => void) => () => void

const setTimer: SetTimer = (ms, call) => {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

/** A timer knows nothing of a clock that is set, or of a machine that slept: look this often at least. */
const LONGEST_MS = 20_000

export interface Ticker {
  start: () => void
  /** Works now, or once more after what is on. */
  soon: () => void
  /** Lets the work under way finish. */
  stop: () => Promise<void>
}

/** Works at once, then whenever `nextAt` comes, one after the other. A failure is reported and does not end it. */
export function createTicker(ports: {
  now: () => number
  /** Epoch milliseconds; undefined: nothing is planned. */
  nextAt: () => number | undefined
  work: () => Promise<void>
  onError: (error: unknown) => void
  timer?: SetTimer
}): Ticker {
  const { now, nextAt, work, onError, timer = setTimer } = ports
  let cancel: (() => void) | undefined
  let working: Promise<void> = Promise.resolve()
  let running = false

  const tick = async () => {
    try {
      await work()
    } catch (error) {
      onError(error)
    }
    if (!running) return
    cancel?.()
    const waitMs = Math.max(1, Math.min((nextAt() ?? Number.POSITIVE_INFINITY) - now(), LONGEST_MS))
    cancel = timer(waitMs, () => {
      working = tick()
    })
  }

  return {
    start() {
      if (running) return
      running = true
      working = tick()
    },
    soon() {
      if (!running) return
      cancel?.()
      working = working.then(tick)
    },
    async stop() {
      running = false
      cancel?.()
      await working
    },
  }
}
