import type { BatonEvent } from '../../core/types.ts'
import type { Reader } from '../../store/read.ts'

const BATCH = 500

/** Sends stored events to listeners, each from its own place in the stream. */
export interface Followers {
  follow: (listener: (event: BatonEvent) => void, after?: number) => () => void
  /** There are new events in the store. */
  notify: () => void
  /** Drops all followers; nothing is read from then on, as the store may be closed. */
  close: () => void
}

/**
 * Followers read the stream from the store and remember their own place, so that a listener that comes late, or again,
 * misses nothing; `notify` only says that it is time to read.
 */
export function createFollowers(read: Reader, onError: (error: unknown) => void): Followers {
  const followers = new Set<{ after: number; listener: (event: BatonEvent) => void; open: boolean }>()
  const pump = (follower: { after: number; listener: (event: BatonEvent) => void; open: boolean }) => {
    while (follower.open) {
      const events = read.events({ after: follower.after, limit: BATCH })
      for (const event of events) {
        if (!follower.open) return
        follower.after = event.seq
        try {
          follower.listener(event)
        } catch (error) {
          // One broken listener must not stop the others, or the worker.
          onError(error)
        }
      }
      if (events.length < BATCH) return
    }
  }
  return {
    follow(listener, after = read.lastEventSeq()) {
      const follower = { after, listener, open: true }
      followers.add(follower)
      queueMicrotask(() => {
        if (follower.open) pump(follower)
      })
      return () => {
        follower.open = false
        followers.delete(follower)
      }
    },
    notify() {
      for (const follower of followers) pump(follower)
    },
    close() {
      for (const follower of followers) follower.open = false
      followers.clear()
    },
  }
}
