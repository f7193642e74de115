import type { Delivery, DropReason } from './delivery.ts'

/** How much of its form a delivery gives up after a fuller one was refused. */
export type Form = 'full' | 'plain' | 'bare'

/** What a failed call means for its deliveries; `why` is a line for people and logs. */
export type CarryVerdict =
  /** It is as it should be. */
  | { kind: 'done' }
  | { kind: 'drop'; reason: DropReason; why: string }
  /** Refused as it is: in a plainer form, at once; given up after the plainest. */
  | { kind: 'plainer'; why: string }
  /** Refused, and perhaps not for good: again alone, as often as `triesOfRefused` says. */
  | { kind: 'refused'; why: string }
  | { kind: 'moved'; to: string }
  /**
   * Later; `inDoubt`: it may have arrived. `waitMs`: as long as the other side asked for, which is no trouble yet unless
   * `isTrouble` says so.
   */
  | { kind: 'again'; inDoubt: boolean; waitMs?: number; isTrouble?: boolean; why: string }
  /** Nothing can be sent at all, by anybody. */
  | { kind: 'closed'; why: string }

/**
 * What a second call does: another message · the same change (of several the last one counts) · the same removal · nothing,
 * since its receiver knows it again by its key.
 */
type Effect = 'creates' | 'changes' | 'removes' | 'tells'

/** How a target is sent to: deliveries in one call at most, and the pause between two calls. */
export interface Pace {
  together: number
  gapMs: number
}

/** Brings deliveries to where they go. It stores nothing and repeats nothing: the outbox does. */
export interface Carrier<T> {
  /**
   * Makes one call with the first of these, or as many more as fit: `count` of them, else one. `messageId` is that of what it
   * created. There are more than one only where the pace says so.
   */
  carry: (
    deliveries: readonly [Delivery<T>, ...Delivery<T>[]],
    form: Form,
    signal: AbortSignal,
  ) => Promise<{ messageId?: string; count?: number }>
  /** `delivery` is the first of those that were carried. */
  classify: (error: unknown, delivery: Delivery<T>) => CarryVerdict
  effectOf: (content: T) => Effect
  /** Resolves when the other side answers at all: asked before what is in doubt goes out again. */
  reach: (signal: AbortSignal) => Promise<unknown>
  /**
   * Looks for what is in doubt at the other side, before it is sent again: what became of it there, nothing where it never
   * arrived, or `unknown` where that cannot be told. Absent: it never can.
   */
  find?: (delivery: Delivery<T>, signal: AbortSignal) => Promise<{ messageId: string } | 'unknown' | undefined>
  /** Between two silent changes at a target: others in the queue are joined meanwhile. */
  silentGapMs?: (target: string) => number
  /** Default: one after the other without a pause. */
  paceOf?: (target: string) => Pace
  /** Targets that fail and recover together; default: all of them. */
  serverOf?: (target: string) => string
  /** On top of the time of a call. */
  extraTimeMs?: (content: T) => number
  triesOfRefused?: number
  /** How many of what waits for a target are looked at. */
  lookAhead?: number
  /** What is older is given up, but only after real tries: a clock that jumped has not tried. Default: never. */
  patience?: { ms: number; tries: number }
}

/** The next plainer form; undefined when there is none. */
export function plainer(form: Form): Form | undefined {
  return form === 'full' ? 'plain' : form === 'plain' ? 'bare' : undefined
}
