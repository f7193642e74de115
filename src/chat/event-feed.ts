import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { announce } from './announce.ts'
import { chatsToAsk } from './chats-to-ask.ts'
import type { ChatContext } from './context.ts'
import { showAsk } from './show-ask.ts'

const BATCH = 200
/** The answer to what was just written or tapped goes first, and then what follows from it. */
const AFTER_YOU_MS = 20
/** After storing failed. */
const RETRY_MS = 2_000

/** Follows the stored events from where it left off. */
export interface EventFeed {
  start: () => void
  stop: () => Promise<void>
}

/**
 * Announces each event once: the place in the stream moves in the same transaction that stores its messages, so that a
 * kill in between loses nothing and says nothing twice.
 */
export function createEventFeed(chat: ChatContext, onEvent: () => void): EventFeed {
  const { deps, memory } = chat
  const { meta, deliveries, events } = deps.store
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let unfollow: (() => void) | undefined

  const store = (told: Awaited<ReturnType<typeof announce>>, seq?: number) => {
    meta.transaction(() => {
      if (told.deliveries.length > 0) deliveries.enqueue(told.deliveries, deps.now())
      told.remember?.()
      if (seq !== undefined) memory.setCursor(seq)
    })
    if (told.deliveries.length > 0) chat.wake()
  }

  /** What says nothing is passed over together: read again after a kill, it says nothing again. */
  const readAll = async () => {
    let passed: number | undefined
    for (;;) {
      const batch = events({ after: passed ?? memory.cursor() ?? 0, limit: BATCH })
      for (const event of batch) {
        if (stopped) return
        const told = await announce(chat, event)
        const saysNothing = told.deliveries.length === 0 && !told.remember
        if (!saysNothing) store(told, event.seq)
        passed = saysNothing ? event.seq : undefined
        onEvent()
        // Whoever taps meanwhile does not wait until all of it is stored.
        if (!saysNothing) await nextTurn()
      }
      if (batch.length < BATCH) break
    }
    if (passed !== undefined) memory.setCursor(passed)
  }

  /** Asks that nobody, or not everybody, has been shown yet: the bot is new here, or a person is. */
  const catchUp = async () => {
    for (const ask of deps.api.view.openAsks()) {
      const known = memory.shown(ask.id)
      const missing = chatsToAsk(chat, ask).filter((chatId) => !known?.chats.includes(chatId))
      if (stopped || (known && missing.length === 0)) continue
      const { deliveries: messages, shown } = await showAsk(chat, ask, missing)
      // It may have been decided while it was rendered: the event that says so is still to come.
      store({ deliveries: messages, remember: () => memory.setShown(ask.id, shown) })
    }
  }

  const pump = () => {
    again = true
    if (stopped) return
    running ??= work().finally(() => {
      running = undefined
    })
  }
  const work = async () => {
    while (again && !stopped) {
      again = false
      await sleep(AFTER_YOU_MS)
      try {
        await readAll()
      } catch (error) {
        deps.log.error({ err: error }, 'Could not announce an event in the chats; retrying')
        timer = setTimeout(pump, RETRY_MS)
        return
      }
    }
  }

  return {
    start: () => {
      if (memory.cursor() === undefined) memory.setCursor(deps.api.view.lastSeq())
      unfollow = deps.api.follow(pump)
      running = readAll()
        .then(catchUp)
        .catch((error: unknown) => {
          deps.log.error({ err: error }, 'Could not announce an event in the chats; retrying')
          timer = setTimeout(pump, RETRY_MS)
        })
        .finally(() => {
          running = undefined
          if (again) pump()
        })
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      unfollow?.()
      await running
    },
  }
}
