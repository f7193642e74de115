/** Looks at a service again and again, one look at a time. */
export interface RoundLoop {
  start: () => void
  /** Something became of a task: look soon at what is looked at in every round. */
  soon: () => void
  /** Something happened there: look soon at everything. */
  hint: () => void
  /** Ends when what is wanted was looked at. */
  finish: () => Promise<void>
  /** Ends with what is under way. */
  stop: () => Promise<void>
}

export interface RoundLoopOptions {
  /** Both are called one at a time. */
  lookAtAll: () => Promise<void>
  lookAtOwn: () => Promise<void>
  pollMs: number
  /** Whether this machine is the one that looks, and how others learn what came of it; absent: there are no others. */
  listening?: { isHeld: () => boolean; confirm: () => Promise<void> }
  /** Until when the service may not be asked: its limit is reached. */
  heldUntil: () => number
  now: () => number
  onError: (error: unknown) => void
}

/** Makes the loop; it does nothing before `start`, and what is wanted during a look is looked at once more. */
export function createRoundLoop(options: RoundLoopOptions): RoundLoop {
  const { lookAtAll, lookAtOwn, pollMs, listening, heldUntil, now, onError } = options
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let wanted: 'own' | 'all' | undefined
  let isStopped = false

  function wake(what: 'own' | 'all'): void {
    if (isStopped) return
    if (wanted !== 'all') wanted = what
    running ??= drain().finally(() => {
      running = undefined
      if (wanted) wake(wanted)
    })
  }

  async function drain(): Promise<void> {
    while (wanted && !isStopped) {
      const what = wanted
      wanted = undefined
      if (what === 'own') {
        await whileListening(lookAtOwn)
        continue
      }
      clearTimeout(timer)
      await whileListening(lookAtAll)
      if (!isStopped) timer = setTimeout(() => wake('all'), Math.max(pollMs, heldUntil() - now()))
    }
  }

  async function whileListening(look: () => Promise<void>): Promise<void> {
    if (listening?.isHeld() === false) return
    await look().catch(onError)
    // Otherwise before the next write, or in a few seconds.
    await listening?.confirm().catch(() => undefined)
  }

  const unlessHeld = (what: 'own' | 'all') => () => {
    if (now() >= heldUntil()) wake(what)
  }

  return {
    start: () => wake('all'),
    soon: unlessHeld('own'),
    hint: unlessHeld('all'),
    async finish() {
      clearTimeout(timer)
      while (running) await running
      isStopped = true
      clearTimeout(timer)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
