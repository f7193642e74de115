import { setTimeout as sleep } from 'node:timers/promises'
import type { Update } from 'grammy/types'
import type { Api } from 'grammy/web'
import type { ChatHealth } from '../chat/ear.ts'
import { createEventInbox } from '../chat/event-inbox.ts'
import { backoffMs } from '../outbox/backoff.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { type ApiTrouble, TelegramError, troubleOf, troubleText } from './api-errors.ts'
import { signalFor } from './call-signal.ts'

/**
 * Own getUpdates loop instead of grammY's `bot.start()`: that one ends for good at the first 409, and confirms updates whose
 * handling has thrown. Here an update is stored, then confirmed by the next poll, then handled.
 */
export interface PollerOptions {
  api: Api
  /** Stores an update by its id; false when it is already there. Durable when it returns; a throw leaves it unconfirmed. */
  storeUpdate: (update: Update) => boolean
  /** Stored in an earlier life and not handled, oldest first. */
  unhandled: () => Update[]
  /** Handles a stored update; in order in a chat, side by side between chats. */
  handle: (update: Update) => Promise<void> | void
  /** Handling is over, also when it threw: `unhandled` must not name it again. */
  handled: (updateId: number) => void
  /** Another machine hears at the moment where this says no; absent: there is none. */
  mayHear?: () => boolean
  /** Another program polls: true where that may be another machine, to which this one leaves it. */
  leaves?: () => boolean
  onHandlerError?: (error: unknown, update: Update) => void
  /** Called once when trouble begins or changes, and once (undefined) when it is over. */
  onTrouble?: (text: string | undefined) => void
  /** A poll waits this long on the server, in seconds. */
  pollTimeoutS?: number
  firstBackoffMs?: number
  maxBackoffMs?: number
  /** Monotonic milliseconds. */
  now?: () => number
  random?: () => number
}

export interface Poller {
  start: () => void
  /** Ends the poll at once, then lets handlers finish for up to a second. */
  stop: () => Promise<void>
  health: () => ChatHealth
  /** Takes an update that another machine has heard. False: it was here before. */
  take: (update: Update) => boolean
}

/** The server may take this much longer than the poll's own time-out before the connection counts as dead. */
const GRACE_MS = 10_000
/** A server that does not wait is not asked more often than this. */
const SHORTEST_ROUND_MS = 200
const HANDLER_GRACE_MS = 800
/** How soon it is seen that it is this machine's turn to hear, or no longer is. */
const OTHER_MS = 500
/** Of two that poll each ends the poll of the other one. Once may be the end of an earlier poll that the server still knew. */
const CONFLICTS = 2
/** Machines that share a bot meet like that for a moment, which nobody has to know. */
const CONFLICTS_TOLD = 4
const CONFLICTS_WITHIN_MS = 10_000
/**
 * Who polls beside another program learns of it within so long: each begins again half a second after its poll was ended, and it
 * takes two of them.
 */
export const TELLS_OF_OTHERS_MS = 4_000

const HEARD = ['message', 'edited_message', 'callback_query'] as const

/** Makes the poller; it never ends on its own. */
export function createPoller(options: PollerOptions): Poller {
  const { api, storeUpdate, unhandled, handle, handled, onHandlerError, onTrouble, pollTimeoutS = 25 } = options
  const { now = () => performance.now(), random = Math.random, firstBackoffMs = 500, maxBackoffMs = 30_000 } = options
  const stopping = new AbortController()
  const inbox = createEventInbox<Update>({
    store: storeUpdate,
    unhandled,
    handle,
    handled: ({ update_id: id }) => handled(id),
    ...(onHandlerError && { onError: onHandlerError }),
    chatOf,
  })
  let offset = 0
  let failures = 0
  let lastPollAt: number | undefined
  let webhookGone = false
  let told: string | undefined
  let running: Promise<void> | undefined
  let conflicts: number[] = []

  /** Runs a poll, which ends as soon as this machine is no longer the one that hears. */
  const whileItsTurn = async <T>(run: (ending: AbortSignal) => Promise<T>): Promise<T> => {
    const { mayHear } = options
    if (!mayHear) return run(stopping.signal)
    const turn = new AbortController()
    const end = () => turn.abort()
    const watch = setInterval(() => mayHear() || end(), OTHER_MS)
    stopping.signal.addEventListener('abort', end, { once: true })
    if (stopping.signal.aborted) end()
    try {
      return await run(turn.signal)
    } finally {
      clearInterval(watch)
      stopping.signal.removeEventListener('abort', end)
    }
  }

  /** Stores a batch and hands out what is new; the offset follows what is stored, so that a failing disk confirms nothing. */
  const takeAll = (updates: Update[]): number => {
    let fresh = 0
    for (const update of updates) {
      const isNew = inbox.take(update)
      offset = update.update_id + 1
      if (isNew) fresh++
    }
    return fresh
  }

  const round = async () => {
    if (!webhookGone) {
      await withDeadline(stopping.signal, GRACE_MS, (signal) =>
        api.deleteWebhook({ drop_pending_updates: false }, signalFor(signal)),
      )
      webhookGone = true
    }
    const began = now()
    // The first poll, and the first after a failure, does not wait: health should soon say that all is well.
    const timeout = lastPollAt === undefined || failures > 0 ? 0 : pollTimeoutS
    const updates = await whileItsTurn((ending) =>
      withDeadline(ending, pollTimeoutS * 1000 + GRACE_MS, (signal) =>
        api.getUpdates({ offset, timeout, limit: 100, allowed_updates: HEARD }, signalFor(signal)),
      ),
    )
    const fresh = takeAll(updates)
    lastPollAt = now()
    failures = 0
    if (told !== undefined) onTrouble?.(undefined)
    told = undefined
    const tookMs = now() - began
    if (fresh === 0 && tookMs < SHORTEST_ROUND_MS) await pause(SHORTEST_ROUND_MS - tookMs)
  }

  const leaveToOther = () => {
    // Telegram is reachable, and health is about that; whichever program polls reports the rest.
    lastPollAt = now()
    failures = 0
    return pause(OTHER_MS)
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {})

  const recover = async (error: unknown) => {
    // What ended the poll is then that another machine hears.
    if (options.mayHear?.() === false) return
    failures++
    const trouble = troubleOf(error)
    const isWebhook = trouble.kind === 'conflict' && trouble.description.includes('webhook')
    if (isWebhook) webhookGone = false
    if (trouble.kind === 'conflict' && !isWebhook && options.leaves) {
      conflicts = [...conflicts.filter((at) => now() - at < CONFLICTS_WITHIN_MS), now()]
      if (conflicts.length >= CONFLICTS && options.leaves()) return
      if (conflicts.length < CONFLICTS_TOLD) return pause(waitAfter(trouble))
    }
    const text = error instanceof TelegramError ? troubleText(trouble) : `could not store an update: ${String(error)}`
    if (text !== told) onTrouble?.(text)
    told = text
    await pause(waitAfter(trouble))
  }
  const waitAfter = (trouble: ApiTrouble) => {
    if (trouble.kind === 'flood') return trouble.retryAfterMs
    return backoffMs(failures, { firstMs: firstBackoffMs, capMs: maxBackoffMs }, random)
  }

  const loop = async () => {
    inbox.resume()
    while (!stopping.signal.aborted) {
      try {
        if (options.mayHear?.() === false) await leaveToOther()
        else await round()
      } catch (error) {
        if (!stopping.signal.aborted) await recover(error)
      }
    }
  }

  return {
    start: () => {
      running ??= loop()
    },
    stop: async () => {
      stopping.abort()
      await running
      await Promise.race([inbox.idle(), sleep(HANDLER_GRACE_MS, undefined, { ref: false })])
    },
    take: inbox.take,
    health: () => {
      const lastHeardAgeMs = lastPollAt === undefined ? null : Math.round(now() - lastPollAt)
      const staleMs = pollTimeoutS * 1000 + GRACE_MS + maxBackoffMs
      return { ok: lastHeardAgeMs !== null && lastHeardAgeMs <= staleMs, lastHeardAgeMs }
    },
  }
}

function chatOf(update: Update): string {
  return String(
    (update.message ?? update.edited_message)?.chat.id ??
      update.callback_query?.message?.chat.id ??
      update.callback_query?.from.id ??
      0,
  )
}
