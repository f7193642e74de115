/** The command to leave, from Ctrl-C, a signal or a closed terminal. */
export interface Interrupts {
  /** Counts one more. */
  add: () => void
  /** Called at the first and at the second; a later listener hears of what came before. */
  onFirst: (listener: () => void) => void
  onSecond: (listener: () => void) => void
  close: () => void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C under `npm run` comes twice: from the terminal, and handed on by npm. */
const SAME_MS = 250

/** Listens to the signals that end programs. */
export function listenForInterrupts(
  now: () => number = Date.now,
  source: Pick<NodeJS.Process, 'on' | 'off'> = process,
  exit: (code: number) => void = process.exit,
): Interrupts {
  let count = 0
  let lastAt = Number.NEGATIVE_INFINITY
  const listeners: [number, () => void][] = []
  const isSame = () => Math.abs(now() - lastAt) < SAME_MS
  const add = () => {
    if (isSame()) return
    lastAt = now()
    count++
    for (const [at, listener] of listeners) if (at === count) listener()
  }
  const on = (at: number) => (listener: () => void) => {
    listeners.push([at, listener])
    if (count >= at) listener()
  }
  for (const signal of SIGNALS) source.on(signal, add)
  return {
    add,
    onFirst: on(1),
    onSecond: on(2),
    close: () => {
      for (const signal of SIGNALS) {
        source.off(signal, add)
        // One more while the program is leaving already ends it with the same code, and not by the bare signal.
        if (count > 0) source.on(signal, () => isSame() || exit(130))
      }
    },
  }
}
