import type { DeliveryQueue, DeliveryStore } from '../outbox/delivery.ts'
import type { Content } from './notification.ts'

/** A notification that a receiver should still get. */
export interface Notice {
  /** The same for every attempt, so that a receiver can recognise a repetition. */
  id: string
  told: Content
}

/** The stored queues of the receivers and their places in the stream. Every function is durable when it returns. */
export interface NotifyStore {
  /** A receiver is a target; the place of an event in the stream is the key of its notification. */
  deliveries: DeliveryStore<Notice> & Pick<DeliveryQueue<Notice>, 'enqueue' | 'keepOnly'>
  places: {
    /** How far in the stream of events each receiver is. */
    all: () => Map<string, number>
    move: (receivers: readonly string[], seq: number) => void
    /** Forgets every receiver but these. */
    keepOnly: (receivers: readonly string[]) => void
  }
}
