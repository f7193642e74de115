import type { ClaudeLimits, Clock } from '../types.ts'

/** The clocks of one process. Time is the machine's own running time, so that a changed wall clock ends nothing. */
export interface Clocks {
  /** Something was printed. */
  heard: () => void
  /** The first message of substance came. */
  begun: () => void
  /** Asks are open, or none is: waiting for a person is not Claude's time. */
  waiting: (isWaiting: boolean) => void
  /** The final result is there: only the exit is awaited. */
  resulted: () => void
  stop: () => void
}

/** The longest time a timer can be set to; above it would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

interface Countdown {
  /** Stops; `go` continues from there. */
  hold: () => void
  go: () => void
  /** From the beginning; costs next to nothing. */
  restart: () => void
}

function countdown(ms: number, fire: () => void): Countdown {
  const wholeMs = Number.isFinite(ms) ? Math.min(ms, LONGEST_MS) : ms
  let leftMs = wholeMs
  let since = performance.now()
  let timer = arm()
  function arm(): NodeJS.Timeout | undefined {
    return leftMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(fire, leftMs)
  }
  const go = (): void => {
    if (timer !== undefined) return
    since = performance.now()
    timer = arm()
  }
  return {
    hold: () => {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      leftMs = Math.max(0, leftMs - (performance.now() - since))
    },
    go,
    restart: () => {
      leftMs = wholeMs
      since = performance.now()
      if (timer === undefined) go()
      else timer.refresh()
    },
  }
}

export function createClocks(limits: ClaudeLimits, onFire: (clock: Clock) => void): Clocks {
  let isOver = false
  let isWaiting = false
  let exit: Countdown | undefined
  const fire = (clock: Clock) => (): void => {
    isOver = true
    hold()
    onFire(clock)
  }
  const start = countdown(limits.startMs, fire('start'))
  const idle = countdown(limits.idleMs, fire('idle'))
  const total = countdown(limits.totalMs, fire('total'))
  const hold = (): void => {
    for (const clock of [start, idle, total]) clock.hold()
  }

  return {
    heard: () => {
      if (!isWaiting && !isOver) idle.restart()
    },
    begun: start.hold,
    waiting: (nowWaiting) => {
      if (isOver || nowWaiting === isWaiting) return
      isWaiting = nowWaiting
      if (isWaiting) {
        idle.hold()
        total.hold()
      } else {
        idle.restart()
        total.go()
      }
    },
    resulted: () => {
      if (isOver) return
      isOver = true
      hold()
      exit = countdown(limits.exitMs, fire('exit'))
    },
    stop: () => {
      isOver = true
      hold()
      exit?.hold()
    },
  }
}
