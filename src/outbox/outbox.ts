import { backoffMs } from './backoff.ts'
import { type Carrier, type Form, plainer, type Verdict } from './carrier.ts'
import { withDeadline } from './deadline.ts'
import type { Delivery, DeliveryStore, DropReason } from './delivery.ts'
import { scheduleDeliveries } from './schedule-deliveries.ts'

export interface OutboxOptions<T> {
  carrier: Carrier<T>
  store: DeliveryStore<T>
  /** Told when a target is closed to us, and when a delivery is given up for another reason than a later edit. */
  onDropped?: (delivery: Delivery<T>, reason: DropReason, error: string) => void
  /** Told once when trouble begins or changes, and once (undefined) when it is over. */
  onTrouble?: (text: string | undefined) => void
  /** The other side has taken a delivery, and nothing is noted of it yet. */
  onShipped?: () => void
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
  /** The other side answers again: what it could not take meanwhile goes now. A wait that was asked for is still kept. */
  resume: () => void
  /** Lets the calls under way finish for up to `graceMs`; what is cut then is in doubt. */
  stop: (graceMs?: number) => Promise<void>
}

/** Enough to join edits and to see what is urgent; a long backlog is not read over and over. */
const LOOK_AHEAD = 200
/** After the store itself failed. */
const STORE_PAUSE_MS = 2_000

/** Sends a stored queue: in order at each target, waiting as asked, losing nothing, and twice only what was in doubt. */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox {
  const {
    carrier,
    store,
    onDropped,
    onTrouble,
    onShipped,
    callTimeoutMs = 30_000,
    firstBackoffMs = 1_000,
    maxBackoffMs = 30_000,
  } = options
  const { wallClock = Date.now, now = () => performance.now(), random = Math.random } = options
  const { effectOf, silentGapMs } = carrier
  const stopping = new AbortController()
  const busy = new Map<string, Promise<void>>()
  const dueAt = new Map<number, number>()
  const lastSilentAt = new Map<string, number>()
  const floods = new Map<string, number>()
  let closedUntil = 0
  let failures = 0
  let told: string | undefined
  let timer: NodeJS.Timeout | undefined
  let started = false

  const notBefore = (delivery: Delivery<T>): number => {
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
    const traffic = { now: now(), busy: new Set(busy.keys()), notBefore, lastSilentAt, silentGapMs, effectOf }
    const plan = scheduleDeliveries(store.pending(LOOK_AHEAD), traffic)
    for (const delivery of plan.superseded) drop(delivery, 'superseded', '')
    for (const delivery of plan.send) {
      const work = deliver(delivery)
        .catch((error: unknown) => {
          storeFailed(error)
          dueAt.set(delivery.id, now() + STORE_PAUSE_MS)
        })
        .finally(() => {
          busy.delete(delivery.target)
          pump()
        })
      busy.set(delivery.target, work)
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
  const drop = (delivery: Delivery<T>, reason: DropReason, error: string) => {
    store.dropped(delivery.id, reason, error)
    dueAt.delete(delivery.id)
    if (reason !== 'superseded') onDropped?.(delivery, reason, error)
  }
  const finish = (delivery: Delivery<T>, result: { messageId?: string }) => {
    store.done(delivery.id, result)
    dueAt.delete(delivery.id)
  }

  const deliver = async (stored: Delivery<T>) => {
    const creates = effectOf(stored.content) === 'creates'
    // Begun and never finished: a life ended over it, or the disk did.
    const delivery: Delivery<T> = { ...stored, inDoubt: creates && (stored.inDoubt || stored.begun) }
    if (!creates && delivery.messageId === undefined) return drop(delivery, 'gone', 'The message was never sent.')
    // What may be there already goes out again only when the other side is known to answer, so that it stays at one repeat.
    if (delivery.inDoubt && !(await answers(delivery))) return
    store.begin(delivery.id)
    if (effectOf(delivery.content) === 'changes' && !delivery.urgent) lastSilentAt.set(delivery.target, now())
    await attempt(delivery, 'full')
  }

  const attempt = async (delivery: Delivery<T>, form: Form): Promise<void> => {
    const timeoutMs = callTimeoutMs + (carrier.extraTimeMs?.(delivery.content) ?? 0)
    try {
      const result = await withDeadline(stopping.signal, timeoutMs, (signal) => carrier.carry(delivery, form, signal))
      failures = 0
      trouble(undefined)
      onShipped?.()
      finish(delivery, result)
    } catch (error) {
      await settle(delivery, form, error)
    }
  }

  const settle = async (delivery: Delivery<T>, form: Form, error: unknown): Promise<void> => {
    // Cut off by stop(): `begun` stays, so that the next life knows that it is in doubt.
    if (stopping.signal.aborted) return
    const verdict = carrier.classify(error, delivery)
    switch (verdict.kind) {
      case 'done':
        return finish(delivery, {})
      case 'drop':
        return drop(delivery, verdict.reason, verdict.why)
      case 'moved':
        return store.moved(delivery.target, verdict.to)
      case 'plainer': {
        const next = plainer(form)
        return next ? attempt(delivery, next) : drop(delivery, 'refused', verdict.why)
      }
      case 'closed':
        closedUntil = now() + maxBackoffMs
        trouble(verdict.why)
        return later(delivery, maxBackoffMs, { inDoubt: delivery.inDoubt, flood: false, error: verdict.why })
      case 'again': {
        const { waitMs, inDoubt, why } = verdict
        if (waitMs === undefined) trouble(why)
        else noteFlood(delivery.target, waitMs)
        return later(delivery, waitMs ?? nextBackoff(), { inDoubt, flood: waitMs !== undefined, error: why })
      }
    }
  }

  const nextBackoff = () => backoffMs(++failures, { firstMs: firstBackoffMs, capMs: maxBackoffMs }, random)
  const later = (
    delivery: Delivery<T>,
    waitMs: number,
    failure: { inDoubt: boolean; flood: boolean; error: string },
  ) => {
    store.failed(delivery.id, { at: wallClock(), waitMs, ...failure })
    dueAt.set(delivery.id, now() + waitMs)
  }

  /** A wait does not say whether it is about the target or about us; a second target in the same time means us. */
  const noteFlood = (target: string, waitMs: number) => {
    const until = now() + waitMs
    const elsewhere = [...floods].some(([other, otherUntil]) => other !== target && otherUntil > now())
    floods.set(target, until)
    if (elsewhere) closedUntil = Math.max(closedUntil, ...floods.values())
  }

  /** Does the other side answer at all? Asked before anything goes out a second time. */
  const answers = async (delivery: Delivery<T>): Promise<boolean> => {
    try {
      await withDeadline(stopping.signal, callTimeoutMs, carrier.reach)
      return true
    } catch (error) {
      if (stopping.signal.aborted) return false
      const verdict = carrier.classify(error, delivery)
      const why = whyOf(verdict)
      const askedMs = verdict.kind === 'again' ? verdict.waitMs : undefined
      // It was about no target, so it is about all of them.
      if (askedMs !== undefined) closedUntil = Math.max(closedUntil, now() + askedMs)
      else trouble(why)
      const isFlood = askedMs !== undefined || (delivery.flood ?? false)
      later(delivery, askedMs ?? nextBackoff(), { inDoubt: true, flood: isFlood, error: why })
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

const whyOf = (verdict: Verdict): string => ('why' in verdict ? verdict.why : verdict.kind)
