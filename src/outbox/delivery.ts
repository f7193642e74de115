/** What is put into a stored queue: one call that must reach `target`, a chat or an address. `T` is what it brings. */
export interface NewDelivery<T> {
  target: string
  /** Name of a message at its target, for later edits: `ask:<id>`, `progress:<task id>`. */
  slot?: string
  /** The message to change, where it is known without a slot: one that a tap came from. */
  messageId?: string
  content: T
  /** Goes before silent progress. */
  urgent: boolean
  /** The delivery put in just before is its document. */
  followsDocument?: true
  /** What this is about: a second one of the same key for the target is none. */
  key?: string
  /** When what it says happened, epoch milliseconds; default: when it was put in. */
  at?: number
}

/** A delivery that is not finished. */
export interface Delivery<T> extends NewDelivery<T> {
  id: number
  /** Of the message to change: as put in, else what the slot's delivery gave; absent while that was not sent. */
  messageId?: string
  /** `begin` was stored and nothing after it. */
  begun: boolean
  /** It may have arrived already. */
  inDoubt: boolean
  attempts: number
  /** The last failure: waits `waitMs` from `failedAt` (epoch) on. */
  failedAt?: number
  waitMs?: number
  /** The other side asked for that wait: everything for the target waits. */
  flood?: boolean
  /** The document before it was given up. */
  documentLost?: boolean
}

/** What is noted of a try that failed. */
interface DeliveryFailure {
  /** Epoch milliseconds. */
  at: number
  waitMs: number
  inDoubt: boolean
  flood: boolean
  error: string
}

/**
 * Why a delivery was given up: a later edit says it all · its message is gone · the target is closed to us · the other side
 * refuses it in every form.
 */
export type DropReason = 'superseded' | 'gone' | 'blocked' | 'refused'

/** The stored queue as the outbox needs it. Each function is durable when it returns. */
export interface DeliveryStore<T> {
  /** Unfinished deliveries, oldest first, at most `limitPerTarget` of each target. */
  pending: (limitPerTarget: number) => Delivery<T>[]
  /** About to be sent: after a kill it is in doubt. */
  begin: (id: number) => void
  /** Finished; `messageId` of what was sent is the slot's from now on. */
  done: (id: number, result: { messageId?: string }) => void
  /** To be tried again; clears `begun`. */
  failed: (id: number, failure: DeliveryFailure) => void
  /** Never to be tried again; with the reason `gone` nothing stands for its slot any more. */
  dropped: (id: number, reason: DropReason, error: string) => void
  /** The target has a new name: its deliveries and slots go there; clears `begun`. */
  moved: (target: string, newTarget: string) => void
  /** Gives up what happened before a time; how many. */
  giveUp: (target: string, before: number) => number
  /** Several of these as one. */
  together: <R>(work: () => R) => R
}

/** The same with what puts deliveries into it, and what was made of them: `messageIn` and `slotOf` of what was sent. */
export interface DeliveryQueue<T> extends DeliveryStore<T> {
  /**
   * Puts deliveries at the end, but for those whose key their target has already; inside a transaction they are stored together
   * with what caused them.
   */
  enqueue: (deliveries: readonly NewDelivery<T>[], at: number) => void
  /** Forgets every target but these; returns how much still waited for the others. */
  keepOnly: (targets: readonly string[]) => number
  messageIn: (target: string, slot: string) => string | undefined
  /** The slot that a message stands for, newest first. */
  slotOf: (target: string, messageId: string) => string | undefined
  /** Something for the slot is not sent yet. */
  isWaiting: (target: string, slot: string) => boolean
}
