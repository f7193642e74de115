import type { Content } from './notification.ts'

/** Something that a receiver is still to be told. */
export interface Waiting {
  id: number
  /** The same for every attempt, so that a receiver can tell a repetition. */
  delivery: string
  /** When it happened, epoch milliseconds. */
  at: number
  content: Content
  attempts: number
  /** The last failure: waits `waitMs` from `failedAt` (epoch) on. */
  failedAt?: number
  waitMs?: number
}

export interface NewOutgoing {
  receiver: string
  eventSeq: number
  delivery: string
  at: number
  content: Content
}

/** The stored queues of the receivers, as this room needs them. Every function is durable when it returns. */
export interface OutgoingStore {
  /** How far in the stream of events each receiver is. */
  places: () => Map<string, number>
  /** Puts items into their queues and moves the receivers on to `seq`, together. */
  take: (receivers: readonly string[], seq: number, items: readonly NewOutgoing[]) => void
  /** Oldest first. */
  pending: (receiver: string, limit: number) => Waiting[]
  done: (ids: readonly number[]) => void
  failed: (ids: readonly number[], failure: { at: number; waitMs: number }) => void
  /** Gives up what happened before a time; how many. */
  giveUp: (receiver: string, before: number) => number
  /** Forgets every receiver but these; gives back how much still waited for the others. */
  keepOnly: (receivers: readonly string[]) => number
}
