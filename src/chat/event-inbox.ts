import { createKeyedQueue } from './keyed-queue.ts'

/** What a stored inbox is made from; `E` is what a platform sends. */
export interface EventInboxOptions<E> {
  /** Stores an event by what it is known by; false when it is already there. Durable when it returns. */
  store: (event: E) => boolean
  /** Stored in an earlier life and not handled, oldest first. */
  unhandled: () => E[]
  /** Handles a stored event; in order in a chat, side by side between chats. */
  handle: (event: E) => Promise<void> | void
  /** Handling is over, also when it threw: `unhandled` must not name it again. */
  handled: (event: E) => void
  onError?: (error: unknown, event: E) => void
  chatOf: (event: E) => string
}

/** Everything a platform sends goes through one: stored, then acknowledged by whoever gave it, then handled, once. */
export interface EventInbox<E> {
  /** True when it is new. It may be acknowledged as soon as this returns; a throw means that it is not stored. */
  take: (event: E) => boolean
  /** Handles what an earlier life left. */
  resume: () => void
  /** Resolves when nothing is being handled. */
  idle: () => Promise<void>
}

/** Makes it. */
export function createEventInbox<E>({
  store,
  unhandled,
  handle,
  handled,
  onError,
  chatOf,
}: EventInboxOptions<E>): EventInbox<E> {
  const queue = createKeyedQueue()
  const work = (event: E) =>
    queue.run(chatOf(event), async () => {
      try {
        await handle(event)
      } catch (error) {
        onError?.(error, event)
      }
      handled(event)
    })
  return {
    take: (event) => {
      const isNew = store(event)
      if (isNew) work(event)
      return isNew
    },
    resume: () => {
      for (const event of unhandled()) work(event)
    },
    idle: queue.idle,
  }
}
