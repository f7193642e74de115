import { backoffMs } from './backoff.ts'
import { type Carrier, type Form, type Pace, plainer } from './carrier.ts'
import { withDeadline } from './deadline.ts'
import type { Delivery, DeliveryStore, DropReason } from './delivery.ts'
import { scheduleDeliveries } from './schedule-deliveries.ts'

export interface OutboxOptions<T> {
  carrier: Carrier<T>
  store: DeliveryStore<T>
  /** Called when a target is closed to us, and when deliveries to it are given up for another reason than a later edit. */
  onDropped?: (delivery: Delivery<T>, reason: DropReason, error: string) => void
  /** So many deliveries to a target were older than the carrier's patience. */
  onGivenUp?: (target: string, count: number) => void
  /** Called once when trouble with a server begins or changes, and once (undefined) when it is over. */
  onTrouble?: (text: string | undefined, server: string) => void
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
  /**
   * Lets the calls under way finish for up to `graceMs`; what is cut then is in doubt. `drain`: keeps sending until then as
   * long as the other side takes it.
   */
  stop: (graceMs?: number, options?: { drain?: boolean }) => Promise<void>
}

/** What is behind one server fails and recovers together. */
interface Server {
  closedUntil: number
  /** In a row; undefined before the first one of this life, which continues where the last life stopped. */
  failures?: number
  told?: string
}

type Batch<T> = readonly [Delivery<T>, ...Delivery<T>[]]

/** Enough to join edits and to see what is urgent; a long backlog is not read over and over. */
const LOOK_AHEAD = 200
/** After the store itself failed. */
const STORE_PAUSE_MS = 2_000
const ONE_BY_ONE: Pace = { together: 1, gapMs: 0 }

/** Sends a stored queue: in order at each target, waiting as asked, losing nothing, and twice only what was in doubt. */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox {
  const { carrier, store, onDropped, onGivenUp, onTrouble, onShipped } = options
  const { callTimeoutMs = 30_000, firstBackoffMs = 1_000, maxBackoffMs = 30_000 } = options
  const { wallClock = Date.now, now = () => performance.now(), random = Math.random } = options
  const {
    effectOf,
    silentGapMs = () => 0,
    paceOf = () => ONE_BY_ONE,
    serverOf = () => '',
    lookAhead = LOOK_AHEAD,
  } = carrier
  const stopping = new AbortController()
  const busy = new Map<string, Promise<void>>()
  const dueAt = new Map<number, number>()
  const lastSilentAt = new Map<string, number>()
  const lastEndAt = new Map<string, number>()
  const floods = new Map<string, number>()
  const servers = new Map<string, Server>()
  /** The last of several that a target refused together: which of them it refuses shows when each goes alone. */
  const aloneUpTo = new Map<string, number>()
  /** Sent, but not yet noted as such: never to be sent again in this life. */
  const sent = new Map<number, { messageId?: string }>()
  let timer: NodeJS.Timeout | undefined
  let started = false
  let drained: (() => void) | undefined

  const serverFor = (target: string): Server => serverNamed(serverOf(target))
  const serverNamed = (name: string): Server => {
    const known = servers.get(name)
    if (known) return known
    const server: Server = { closedUntil: 0 }
    servers.set(name, server)
    return server
  }

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
  /** At the end nothing is waited for but the pace: the rest is sent in the next life. */
  const dueOrNever = (delivery: Delivery<T>): number => {
    const due = notBefore(delivery)
    return drained && due > now() ? Number.POSITIVE_INFINITY : due
  }
  const closedUntil = (target: string): number => {
    const until = serverFor(target).closedUntil
    const pacedUntil = (lastEndAt.get(target) ?? Number.NEGATIVE_INFINITY) + paceOf(target).gapMs
    return Math.max(drained && until > now() ? Number.POSITIVE_INFINITY : until, pacedUntil)
  }

  const pump = () => {
    clearTimeout(timer)
    if (!started || stopping.signal.aborted) return
    try {
      noteSent()
      sendWhatIsDue()
    } catch (error) {
      storeFailed(error)
      sleepUntil(now() + STORE_PAUSE_MS)
    }
  }
  const sendWhatIsDue = () => {
    const pending = store.pending(lookAhead).filter(({ id }) => !sent.has(id))
    const isBusy = new Set(busy.keys())
    const traffic = {
      now: now(),
      busy: isBusy,
      notBefore: dueOrNever,
      lastSilentAt,
      silentGapMs,
      effectOf,
      closedUntil,
    }
    const plan = scheduleDeliveries(pending, traffic)
    for (const delivery of plan.superseded) drop([delivery], 'superseded', '')
    for (const delivery of plan.send) send(batchFrom(delivery, pending))
    if (plan.wakeAt !== undefined && plan.wakeAt < Number.POSITIVE_INFINITY) sleepUntil(plan.wakeAt)
    else if (busy.size === 0) drained?.()
  }
  const batchFrom = (first: Delivery<T>, pending: readonly Delivery<T>[]): Batch<T> => {
    const together = first.id <= (aloneUpTo.get(first.target) ?? 0) ? 1 : paceOf(first.target).together
    if (together === 1) return [first]
    const others = pending.filter(({ target, id }) => target === first.target && id !== first.id)
    return [first, ...others.slice(0, together - 1)]
  }
  const send = (batch: Batch<T>) => {
    const [{ target, id }] = batch
    const work = deliver(batch)
      .catch((error: unknown) => {
        storeFailed(error, target)
        dueAt.set(id, now() + STORE_PAUSE_MS)
      })
      .finally(() => {
        busy.delete(target)
        pump()
      })
    busy.set(target, work)
  }
  const resume = () => {
    for (const server of servers.values()) server.failures = 0
    try {
      for (const { id, flood } of store.pending(lookAhead)) if (!flood) dueAt.set(id, 0)
    } catch (error) {
      storeFailed(error)
    }
    pump()
  }
  /** Without a target it is about all of them. */
  const storeFailed = (error: unknown, target?: string) => {
    const known = servers.size > 0 ? [...servers.keys()] : ['']
    for (const name of target === undefined ? known : [serverOf(target)])
      troubleWith(name, `could not store deliveries: ${String(error)}`)
  }
  const sleepUntil = (at: number) => {
    timer = setTimeout(pump, Math.max(1, Math.min(at - now(), 2 ** 31 - 1)))
  }
  const trouble = (target: string, text: string | undefined) => troubleWith(serverOf(target), text)
  const troubleWith = (name: string, text: string | undefined) => {
    const server = serverNamed(name)
    if (text !== server.told) onTrouble?.(text, name)
    if (text === undefined) delete server.told
    else server.told = text
  }
  const drop = (batch: Batch<T>, reason: DropReason, error: string) => {
    store.together(() => {
      for (const { id } of batch) store.dropped(id, reason, error)
    })
    for (const { id } of batch) dueAt.delete(id)
    if (reason !== 'superseded') for (const delivery of batch) onDropped?.(delivery, reason, error)
  }
  const finish = (batch: readonly Delivery<T>[], result: { messageId?: string }) => {
    for (const { id } of batch) {
      sent.set(id, result)
      dueAt.delete(id)
    }
    noteSent()
  }
  const noteSent = () => {
    if (sent.size === 0) return
    store.together(() => {
      for (const [id, { messageId }] of sent) store.done(id, messageId === undefined ? {} : { messageId })
    })
    sent.clear()
  }

  const deliver = async ([stored, ...others]: Batch<T>) => {
    const effect = effectOf(stored.content)
    // Begun and never finished: a life ended over it, or the disk did.
    let delivery: Delivery<T> = { ...stored, inDoubt: effect === 'creates' && (stored.inDoubt || stored.begun) }
    const isLost = (effect === 'changes' || effect === 'removes') && delivery.messageId === undefined
    if (isLost) return drop([delivery], 'gone', 'The message was never sent.')
    // What may already have arrived goes out again only when the other side is known to answer, so that it stays at one repeat.
    if (delivery.inDoubt) {
      const before = await lookFor(delivery)
      if (before === 'later') return
      if (typeof before === 'object') return finish([delivery], before)
      if (before === 'never arrived') delivery = { ...delivery, inDoubt: false }
    }
    // What is known again by its key may go twice, and costs no second commit.
    if (effect !== 'tells') store.begin(delivery.id)
    if (effect === 'changes' && !delivery.urgent) lastSilentAt.set(delivery.target, now())
    await attempt([delivery, ...others], 'full')
  }

  const attempt = async (batch: Batch<T>, form: Form): Promise<void> => {
    const [{ content, target }] = batch
    const timeoutMs = callTimeoutMs + (carrier.extraTimeMs?.(content) ?? 0)
    let result: Awaited<ReturnType<Carrier<T>['carry']>>
    try {
      result = await withDeadline(stopping.signal, timeoutMs, (signal) => carrier.carry(batch, form, signal))
    } catch (error) {
      return settle(batch, form, error)
    } finally {
      lastEndAt.set(target, now())
    }
    serverFor(target).failures = 0
    trouble(target, undefined)
    onShipped?.()
    finish(batch.slice(0, result.count ?? 1), result)
  }

  const settle = async (batch: Batch<T>, form: Form, error: unknown): Promise<void> => {
    // Cut off by stop(): `begun` stays, so that the next life knows that it is in doubt.
    if (stopping.signal.aborted) return
    const [delivery] = batch
    const { target, inDoubt } = delivery
    const verdict = carrier.classify(error, delivery)
    switch (verdict.kind) {
      case 'done':
        return finish(batch, {})
      case 'drop':
        return drop(batch, verdict.reason, verdict.why)
      case 'moved':
        return store.moved(target, verdict.to)
      case 'plainer': {
        const next = plainer(form)
        return next ? attempt(batch, next) : drop(batch, 'refused', verdict.why)
      }
      case 'refused':
        if (batch.length > 1) aloneUpTo.set(target, (batch.at(-1) ?? delivery).id)
        else if (delivery.attempts + 1 >= (carrier.triesOfRefused ?? 1)) return drop(batch, 'refused', verdict.why)
        trouble(target, verdict.why)
        return later(batch, nextBackoff(delivery), { inDoubt, flood: false, error: verdict.why })
      case 'closed':
        serverFor(target).closedUntil = now() + maxBackoffMs
        trouble(target, verdict.why)
        return later(batch, maxBackoffMs, { inDoubt, flood: false, error: verdict.why })
      case 'again': {
        const { waitMs, why } = verdict
        if (waitMs === undefined || verdict.isTrouble) trouble(target, why)
        if (waitMs !== undefined) noteFlood(target, waitMs)
        const failure = { inDoubt: verdict.inDoubt, flood: waitMs !== undefined, error: why }
        return later(batch, Math.max(1, waitMs ?? nextBackoff(delivery)), failure)
      }
    }
  }

  const nextBackoff = ({ target, attempts }: Delivery<T>) => {
    const server = serverFor(target)
    server.failures = server.failures === undefined ? attempts + 1 : server.failures + 1
    return backoffMs(server.failures, { firstMs: firstBackoffMs, capMs: maxBackoffMs }, random)
  }
  const later = (batch: Batch<T>, waitMs: number, failure: { inDoubt: boolean; flood: boolean; error: string }) => {
    store.together(() => {
      for (const { id } of batch) store.failed(id, { at: wallClock(), waitMs, ...failure })
    })
    for (const { id } of batch) dueAt.set(id, now() + waitMs)
    giveUpOld(batch[0])
  }
  const giveUpOld = ({ target, attempts }: Delivery<T>) => {
    const { patience } = carrier
    if (!patience || attempts + 1 < patience.tries) return
    const count = store.giveUp(target, wallClock() - patience.ms)
    if (count > 0) onGivenUp?.(target, count)
  }

  /** A wait does not say whether it is about the target or about us; a second target in the same time means us. */
  const noteFlood = (target: string, waitMs: number) => {
    const until = now() + waitMs
    const server = serverFor(target)
    const beside = [...floods].filter(([other]) => other !== target && serverFor(other) === server)
    floods.set(target, until)
    if (!beside.some(([, otherUntil]) => otherUntil > now())) return
    server.closedUntil = Math.max(server.closedUntil, until, ...beside.map(([, otherUntil]) => otherUntil))
  }

  /** Did it arrive? Where nobody can say, does the other side answer at all? Asked before anything goes out a second time. */
  const lookFor = async (
    delivery: Delivery<T>,
  ): Promise<{ messageId: string } | 'never arrived' | 'unknown' | 'later'> => {
    const { find, reach } = carrier
    try {
      const found = find && (await withDeadline(stopping.signal, callTimeoutMs, (signal) => find(delivery, signal)))
      if (find && found !== 'unknown') return found ?? 'never arrived'
      await withDeadline(stopping.signal, callTimeoutMs, reach)
      return 'unknown'
    } catch (error) {
      if (stopping.signal.aborted) return 'later'
      const verdict = carrier.classify(error, delivery)
      // Its target is closed to us: looking there is refused for the same reason as sending there.
      if (find && verdict.kind === 'drop') {
        drop([delivery], verdict.reason, verdict.why)
        return 'later'
      }
      const why = 'why' in verdict ? verdict.why : String(error)
      const askedMs = verdict.kind === 'again' ? verdict.waitMs : undefined
      const server = serverFor(delivery.target)
      // It was about no target, so it is about all of them.
      if (askedMs !== undefined) server.closedUntil = Math.max(server.closedUntil, now() + askedMs)
      else trouble(delivery.target, why)
      const flood = askedMs !== undefined || (delivery.flood ?? false)
      later([delivery], askedMs ?? nextBackoff(delivery), { inDoubt: true, flood, error: why })
      return 'later'
    }
  }

  return {
    start: () => {
      started = true
      pump()
    },
    wake: pump,
    resume,
    stop: async (graceMs = 2_000, { drain = false } = {}) => {
      const { promise: isDrained, resolve } = Promise.withResolvers<void>()
      const grace = setTimeout(() => {
        stopping.abort()
        resolve()
      }, graceMs)
      if (drain && started) {
        drained = resolve
        pump()
        await isDrained
      }
      started = false
      clearTimeout(timer)
      await Promise.all(busy.values())
      clearTimeout(grace)
      stopping.abort()
      if (sent.size > 0) noteSent()
    },
  }
}
