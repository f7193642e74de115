import { randomUUID } from 'node:crypto'
import type { BatonEvent } from '../core/types.ts'
import type { NewDelivery } from '../outbox/delivery.ts'
import type { Content, Notification } from './notification.ts'
import { createRunProgress } from './progress.ts'
import type { ReceiverTarget } from './receiver.ts'
import type { Notice, NotifyStore } from './store.ts'
import { type Looks, notificationOf } from './translate.ts'
import { ABOUT_NOTIFY, typeOf } from './type-of.ts'

export interface EnqueuePorts {
  targets: readonly ReceiverTarget[]
  store: NotifyStore
  events: (options: { after?: number; runId?: string; limit?: number }) => BatonEvent[]
  lastEventSeq: () => number
  view: Looks['view']
  /** Any value without its secrets. */
  redact: (value: unknown) => unknown
}

/** Takes what happened from the stream of events into the queues of the receivers. */
export interface Enqueuer {
  /** Notes which receivers are new (notified from now on) and which are gone; returns how much was still waiting for those. */
  open: () => number
  /** Takes one batch; true when there is more. */
  take: () => boolean
  /** Stores how far the stream was read. */
  close: () => void
}

const BATCH = 200
/** Events that nobody wants move the place in memory only; after so many it is stored. */
const UNSTORED = 1_000

/**
 * Each receiver has its own place in the stream, stored in one transaction with its notifications: read again after a kill,
 * the stream gives exactly what is not in a queue yet.
 */
export function createEnqueuer(ports: EnqueuePorts): Enqueuer {
  const { targets, events } = ports
  const { deliveries, places: stored } = ports.store
  const ids = targets.map(({ id }) => id)
  const progress = createRunProgress(events)
  const looks: Looks = { view: ports.view, progress }
  const places = new Map<string, number>()
  let at = 0
  let storedAt = 0

  const itemsOf = (event: BatonEvent): NewDelivery<Notice>[] => {
    if (event.type === 'note' && event.data?.about === ABOUT_NOTIFY) return []
    const { runId } = event
    const type = typeOf(event, () => runId === undefined || progress.began(runId))
    const wanting = targets.filter(({ id, wants }) => wants(type) && (places.get(id) ?? 0) < event.seq)
    if (wanting.length === 0) return []
    const told = (format: ReceiverTarget['format']): Content =>
      type === undefined || format === 'json'
        ? { event: ports.redact(event) as BatonEvent }
        : { notification: ports.redact(notificationOf(event, type, looks)) as Notification }
    return wanting.map(({ id, format }) => ({
      target: id,
      key: String(event.seq),
      at: event.at,
      content: { id: randomUUID(), told: told(format) },
      urgent: true,
    }))
  }

  const store = (seq: number, items: NewDelivery<Notice>[], receivers: readonly string[] = ids) =>
    deliveries.together(() => {
      deliveries.enqueue(items, 0)
      stored.move(receivers, seq)
    })
  const move = (seq: number, items: NewDelivery<Notice>[]) => {
    if (items.length > 0 || seq - storedAt >= UNSTORED) {
      store(seq, items)
      storedAt = seq
    }
    at = seq
  }

  return {
    open() {
      const gone = deliveries.together(() => {
        stored.keepOnly(ids)
        return deliveries.keepOnly(ids)
      })
      if (ids.length === 0) return gone
      const last = ports.lastEventSeq()
      const known = stored.all()
      for (const id of ids) {
        places.set(id, known.get(id) ?? last)
        if (!known.has(id)) store(last, [], [id])
      }
      at = Math.min(...places.values())
      storedAt = at
      return gone
    },
    take() {
      if (ids.length === 0) return false
      const batch = events({ after: at, limit: BATCH })
      const last = batch.at(-1)
      if (last) move(last.seq, batch.flatMap(itemsOf))
      return batch.length === BATCH
    },
    close() {
      if (at > storedAt) store(at, [])
      storedAt = at
    },
  }
}
