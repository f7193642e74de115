import { setImmediate as nextTurn } from 'node:timers/promises'
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
  /** Whether it may have been written after what is still to be read. */
  waitsForGap?: (event: E) => boolean
  /** When it was written, in any unit: what waited is handled by it. */
  writtenAt?: (event: E) => number
}

/** Nothing waits longer than that for what was written before it. */
const GAP_MS = 5_000

/** Everything a platform sends goes through one: stored, then acknowledged by whoever gave it, then handled, once. */
export interface EventInbox<E> {
  /** True when it is new. It may be acknowledged as soon as this returns; a throw means that it is not stored. */
  take: (event: E) => boolean
  /** Handles what an earlier life left. */
  resume: () => void
  /** Nobody listened for a while: until that is read, what `waitsForGap` waits, from wherever it comes. */
  openGap: () => void
  /** It is read: what waited is handled, the oldest first. */
  closeGap: () => void
  /** What still waits is left to the next life. */
  leave: () => void
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
  waitsForGap = () => false,
  writtenAt = () => 0,
}: EventInboxOptions<E>): EventInbox<E> {
  const queue = createKeyedQueue()
  const waiting: E[] = []
  let gap: NodeJS.Timeout | undefined
  const work = (event: E) =>
    queue.run(chatOf(event), async () => {
      try {
        await handle(event)
      } catch (error) {
        onError?.(error, event)
      }
      // What it began may have much to store; whoever taps meanwhile is heard first.
      await nextTurn()
      handled(event)
    })
  const begin = (event: E) => {
    if (gap && waitsForGap(event)) waiting.push(event)
    else work(event)
  }
  const endGap = () => {
    clearTimeout(gap)
    gap = undefined
    return waiting.splice(0)
  }
  const closeGap = () => {
    for (const event of endGap().sort((a, b) => writtenAt(a) - writtenAt(b))) work(event)
  }
  return {
    take: (event) => {
      const isNew = store(event)
      if (isNew) begin(event)
      return isNew
    },
    resume: () => {
      for (const event of unhandled()) begin(event)
    },
    openGap: () => {
      gap ??= setTimeout(closeGap, GAP_MS).unref()
    },
    closeGap,
    leave: () => void endGap(),
    idle: queue.idle,
  }
}
