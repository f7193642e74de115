import type { Api } from 'grammy/web'
import type { Delivery, DeliveryStore, DropReason } from '../chat/delivery.ts'
import { troubleOf, troubleText } from './api-errors.ts'
import { backoffMs } from './backoff.ts'
import { choose } from './choose.ts'
import { verdictOf } from './classify-failure.ts'
import { withDeadline } from './deadline.ts'
import { type Form, plainer, ship } from './send.ts'

export interface OutboxOptions {
  api: Api
  store: DeliveryStore
  /** Told when a chat is closed to the bot, and when a delivery is given up for another reason than a later edit. */
  onDropped?: (delivery: Delivery, reason: DropReason, error: string) => void
  /** Told once when trouble begins or changes, and once (undefined) when it is over. */
  onTrouble?: (text: string | undefined) => void
  /** The server has taken a delivery, and nothing is noted of it yet. */
  onShipped?: () => void
  /** Between two silent edits in a chat. A group takes 20 messages a minute, edits included. */
  silentGapMs?: (chatId: number) => number
  callTimeoutMs?: number
  firstBackoffMs?: number
  maxBackoffMs?: number
  /** Epoch milliseconds, for the store. */
  wallClock?: () => number
  /** Monotonic milliseconds. */
  now?: () => number
  random?: () => number
}

export interface Outbox {
  /** Begins; what an earlier life left half done is in doubt. */
  start: () => void
  /** There is something new in the store. */
  wake: () => void
  /** The server answers again: what it could not take meanwhile goes now. A `retry_after` is still waited for. */
  resume: () => void
  /** Lets the calls under way finish for up to `graceMs`; what is cut then is in doubt. */
  stop: (graceMs?: number) => Promise<void>
}

/** Enough to join edits and to see what is urgent; a long backlog is not read over and over. */
const LOOK_AHEAD = 200
/** After the store itself failed. */
const STORE_PAUSE_MS = 2_000
/** A slow line gets this much time for a document, on top of the time of a call. */
const BYTES_PER_MS = 20

/** Sends the stored queue: in order in each chat, obeying retry_after, losing nothing, and twice only what was in doubt. */
export function createOutbox(options: OutboxOptions): Outbox {
  const {
    api,
    store,
    onDropped,
    onTrouble,
    onShipped,
    callTimeoutMs = 30_000,
    firstBackoffMs = 1_000,
    maxBackoffMs = 30_000,
  } = options
  const { wallClock = Date.now, now = () => performance.now(), random = Math.random } = options
  const { silentGapMs = (chatId) => (chatId < 0 ? 5_000 : 2_500) } = options
  const stopping = new AbortController()
  const busy = new Map<number, Promise<void>>()
  const dueAt = new Map<number, number>()
  const lastSilentAt = new Map<number, number>()
  const floods = new Map<number, number>()
  let closedUntil = 0
  let failures = 0
  let told: string | undefined
  let timer: NodeJS.Timeout | undefined
  let started = false

  const notBefore = (delivery: Delivery): number => {
    const known = dueAt.get(delivery.id)
    if (known !== undefined) return known
    if (!delivery.waitMs) return 0
    // Left by an earlier life: never longer than the wait itself, whatever became of the clock.
    const { failedAt = 0, waitMs } = delivery
    const due = now() + Math.min(waitMs, Math.max(0, failedAt + waitMs - wallClock()))
    dueAt.set(delivery.id, due)
    return due
  }

  const pump = () => {
    clearTimeout(timer)
    if (!started || stopping.signal.aborted) return
    if (now() < closedUntil) return sleepUntil(closedUntil)
    try {
      sendWhatIsDue()
    } catch (error) {
      storeFailed(error)
      sleepUntil(now() + STORE_PAUSE_MS)
    }
  }
  const sendWhatIsDue = () => {
    const traffic = { now: now(), busy: new Set(busy.keys()), notBefore, lastSilentAt, silentGapMs }
    const plan = choose(store.pending(LOOK_AHEAD), traffic)
    for (const delivery of plan.superseded) drop(delivery, 'superseded', '')
    for (const delivery of plan.send) {
      const work = deliver(delivery)
        .catch((error: unknown) => {
          storeFailed(error)
          dueAt.set(delivery.id, now() + STORE_PAUSE_MS)
        })
        .finally(() => {
          busy.delete(delivery.chatId)
          pump()
        })
      busy.set(delivery.chatId, work)
    }
    if (plan.wakeAt !== undefined) sleepUntil(plan.wakeAt)
  }
  const resume = () => {
    failures = 0
    try {
      for (const { id, flood } of store.pending(LOOK_AHEAD)) if (!flood) dueAt.set(id, 0)
    } catch (error) {
      storeFailed(error)
    }
    pump()
  }
  const storeFailed = (error: unknown) => trouble(`deliveries could not be stored: ${String(error)}`)
  const sleepUntil = (at: number) => {
    timer = setTimeout(pump, Math.max(1, Math.min(at - now(), 2 ** 31 - 1)))
  }
  const trouble = (text: string | undefined) => {
    if (text !== told) onTrouble?.(text)
    told = text
  }
  const drop = (delivery: Delivery, reason: DropReason, error: string) => {
    store.dropped(delivery.id, reason, error)
    dueAt.delete(delivery.id)
    if (reason !== 'superseded') onDropped?.(delivery, reason, error)
  }
  const finish = (delivery: Delivery, result: { messageId?: number }) => {
    store.done(delivery.id, result)
    dueAt.delete(delivery.id)
  }

  const deliver = async (stored: Delivery) => {
    const sends = stored.shipment.kind === 'send' || stored.shipment.kind === 'document'
    // Begun and never finished: a life ended over it, or the disk did.
    const delivery: Delivery = { ...stored, inDoubt: sends && (stored.inDoubt || stored.begun) }
    if (!sends && delivery.messageId === undefined) return drop(delivery, 'gone', 'The message was never sent.')
    // What may be there already goes out again only when the server is known to answer, so that it stays at one repeat.
    if (delivery.inDoubt && !(await answers(delivery))) return
    store.begin(delivery.id)
    if (delivery.shipment.kind === 'edit' && !delivery.urgent) lastSilentAt.set(delivery.chatId, now())
    await attempt(delivery, 'html')
  }

  const attempt = async (delivery: Delivery, form: Form): Promise<void> => {
    const bytes = delivery.shipment.kind === 'document' ? delivery.shipment.document.content.length : 0
    try {
      const result = await withDeadline(stopping.signal, callTimeoutMs + bytes / BYTES_PER_MS, (signal) =>
        ship(api, delivery, form, signal),
      )
      failures = 0
      trouble(undefined)
      onShipped?.()
      finish(delivery, result)
    } catch (error) {
      await settle(delivery, form, error)
    }
  }

  const settle = async (delivery: Delivery, form: Form, error: unknown): Promise<void> => {
    // Cut off by stop(): `begun` stays, so that the next life knows that it is in doubt.
    if (stopping.signal.aborted) return
    const found = troubleOf(error)
    const text = troubleText(found)
    const verdict = verdictOf(found, delivery)
    switch (verdict.kind) {
      case 'done':
        return finish(delivery, {})
      case 'drop':
        return drop(delivery, verdict.reason, text)
      case 'moved':
        return store.moved(delivery.chatId, verdict.to)
      case 'plainer': {
        const next = plainer(form)
        return next ? attempt(delivery, next) : drop(delivery, 'refused', text)
      }
      case 'closed':
        closedUntil = now() + maxBackoffMs
        trouble(text)
        return later(delivery, maxBackoffMs, { inDoubt: delivery.inDoubt, flood: false, error: text })
      case 'again': {
        const isFlood = verdict.flood !== undefined
        if (verdict.flood === undefined) trouble(text)
        else noteFlood(delivery.chatId, verdict.flood)
        const waitMs = verdict.flood ?? nextBackoff()
        return later(delivery, waitMs, { inDoubt: verdict.inDoubt, flood: isFlood, error: text })
      }
    }
  }

  const nextBackoff = () => backoffMs(++failures, { firstMs: firstBackoffMs, capMs: maxBackoffMs }, random)
  const later = (delivery: Delivery, waitMs: number, failure: { inDoubt: boolean; flood: boolean; error: string }) => {
    store.failed(delivery.id, { at: wallClock(), waitMs, ...failure })
    dueAt.set(delivery.id, now() + waitMs)
  }

  /** A 429 does not say whether it is about the chat or the bot; a second chat in the same time means the bot. */
  const noteFlood = (chatId: number, waitMs: number) => {
    const until = now() + waitMs
    const elsewhere = [...floods].some(([other, otherUntil]) => other !== chatId && otherUntil > now())
    floods.set(chatId, until)
    if (elsewhere) closedUntil = Math.max(closedUntil, ...floods.values())
  }

  /** Does the server answer at all? Asked before anything goes out a second time. */
  const answers = async (delivery: Delivery): Promise<boolean> => {
    try {
      await withDeadline(stopping.signal, callTimeoutMs, (signal) => api.getMe(signal))
      return true
    } catch (error) {
      if (stopping.signal.aborted) return false
      const found = troubleOf(error)
      const text = troubleText(found)
      const isFlood = found.kind === 'flood'
      // It was about no chat, so it is about all of them.
      if (isFlood) closedUntil = Math.max(closedUntil, now() + found.retryAfterMs)
      else trouble(text)
      const waitMs = isFlood ? found.retryAfterMs : nextBackoff()
      later(delivery, waitMs, { inDoubt: true, flood: isFlood || (delivery.flood ?? false), error: text })
      return false
    }
  }

  return {
    start: () => {
      started = true
      pump()
    },
    wake: pump,
    resume,
    stop: async (graceMs = 2_000) => {
      started = false
      clearTimeout(timer)
      const grace = setTimeout(() => stopping.abort(), graceMs)
      await Promise.all(busy.values())
      clearTimeout(grace)
      stopping.abort()
    },
  }
}
