import type { Live } from '../api/views.ts'

/** Holds what the running processes do: for listeners in this process at once, for others through the store, rarely. */
export interface ActivityFeed {
  /** Of every running task, the one that started first at the top. */
  current: () => Live[]
  set: (live: Live) => void
  /** The task's process has ended; others may hear of it later, and know from the task itself that it is over. */
  clear: (taskId: string) => void
  onLive: (listener: (lives: Live[]) => void) => () => void
  /** Shares what is not shared yet; afterwards nothing is set any more. */
  close: () => void
}

/** Other processes look about once a second. */
const SHARE_MS = 1_000

/** Makes a feed; `share` puts the newest into the store. */
export function createActivityFeed(now: () => number, share: (lives: Live[]) => void): ActivityFeed {
  const lives = new Map<string, Live>()
  let sharedAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const listeners = new Set<(lives: Live[]) => void>()
  const current = () => [...lives.values()]
  const shareNow = () => {
    clearTimeout(timer)
    timer = undefined
    sharedAt = now()
    share(current())
  }
  const tell = () => {
    const all = current()
    for (const listener of listeners) listener(all)
  }
  return {
    current,
    set(live) {
      lives.set(live.taskId, live)
      if (now() - sharedAt >= SHARE_MS) shareNow()
      tell()
    },
    clear(taskId) {
      lives.delete(taskId)
      // The next task is about to begin, and has something to share that says this, too.
      timer ??= setTimeout(shareNow, SHARE_MS).unref()
      tell()
    },
    onLive(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      if (timer) shareNow()
    },
  }
}
