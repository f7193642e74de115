import type { Delivery, DropReason } from './delivery.ts'

/** How much of its form a delivery gives up after a fuller one was refused. */
export type Form = 'full' | 'plain' | 'bare'

/** What a failed call means for its delivery; `why` is a line for people and logs. */
export type Verdict =
  /** It is as it should be. */
  | { kind: 'done' }
  | { kind: 'drop'; reason: DropReason; why: string }
  /** Refused as it is: in a plainer form, at once; given up after the plainest. */
  | { kind: 'plainer'; why: string }
  | { kind: 'moved'; to: string }
  /** Later; `inDoubt`: it may have arrived. `waitMs`: as long as the other side asked for. */
  | { kind: 'again'; inDoubt: boolean; waitMs?: number; why: string }
  /** Nothing can be sent at all, by anybody. */
  | { kind: 'closed'; why: string }

/** Brings deliveries to where they go. It stores nothing and repeats nothing: the outbox does. */
export interface Carrier<T> {
  /** Makes the one call of a delivery; `messageId` of what it created comes back. */
  carry: (delivery: Delivery<T>, form: Form, signal: AbortSignal) => Promise<{ messageId?: string }>
  classify: (error: unknown, delivery: Delivery<T>) => Verdict
  /** Resolves when the other side answers at all: asked before what is in doubt goes out again. */
  reach: (signal: AbortSignal) => Promise<unknown>
  /** What a second time does: another message, nothing new (of several the last one counts), or nothing. */
  effectOf: (content: T) => 'creates' | 'changes' | 'removes'
  /** On top of the time of a call. */
  extraTimeMs?: (content: T) => number
  /** Between two silent changes at a target: others in the queue are joined meanwhile. */
  silentGapMs: (target: string) => number
}

/** The next plainer form; undefined when there is none. */
export function plainer(form: Form): Form | undefined {
  return form === 'full' ? 'plain' : form === 'plain' ? 'bare' : undefined
}
