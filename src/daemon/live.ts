import type { Live } from './views.ts'

/** Holds what the running process does: for listeners in this process at once, for others through the store, rarely. */
export interface LiveBoard {
  current: () => Live | undefined
  set: (live: Live | undefined) => void
  onLive: (listener: (live: Live | undefined) => void) => () => void
}

/** A commit costs an fsync; other processes look about once a second. */
const SHARE_MS = 1_000

/** Makes a board; `share` puts the newest into the store. */
export function createLiveBoard(now: () => number, share: (live: Live | undefined) => void): LiveBoard {
  let live: Live | undefined
  let sharedAt = Number.NEGATIVE_INFINITY
  const listeners = new Set<(live: Live | undefined) => void>()
  return {
    current: () => live,
    set(value) {
      live = value
      if (value === undefined || now() - sharedAt >= SHARE_MS) {
        sharedAt = now()
        share(value)
      }
      for (const listener of listeners) listener(value)
    },
    onLive(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
