import type { Live } from '../api/views.ts'

/** Holds what the running processes do: for listeners in this process at once, for others through the store, rarely. */
export interface ActivityFeed {
  /** Of every running task, the one that started first at the top. */
  current: () => Live[]
  set: (live: Live) => void
  /** The task's process has ended. */
  clear: (taskId: string) => void
  onLive: (listener: (lives: Live[]) => void) => () => void
}

/** A commit costs an fsync; other processes look about once a second. */
const SHARE_MS = 1_000

/** Makes a feed; `share` puts the newest into the store. */
export function createActivityFeed(now: () => number, share: (lives: Live[]) => void): ActivityFeed {
  const lives = new Map<string, Live>()
  let sharedAt = Number.NEGATIVE_INFINITY
  const listeners = new Set<(lives: Live[]) => void>()
  const current = () => [...lives.values()]
  const tell = (isShared: boolean) => {
    const all = current()
    if (isShared) {
      sharedAt = now()
      share(all)
    }
    for (const listener of listeners) listener(all)
  }
  return {
    current,
    set(live) {
      lives.set(live.taskId, live)
      tell(now() - sharedAt >= SHARE_MS)
    },
    clear(taskId) {
      lives.delete(taskId)
      tell(true)
    },
    onLive(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
