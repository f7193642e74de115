import { isNeverSentCode } from '../network-errors.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import type { CallKind, MessageRef } from './transport.ts'

/** What may go wrong with a call to any platform, as far as it matters for what to do next. */
export type CallTrouble =
  /** It never reached the server. */
  | { kind: 'unreached'; code: string }
  /** It went out and nobody knows what became of it. */
  | { kind: 'in-doubt'; code: string }
  /** Too much at once. */
  | { kind: 'flood'; retryAfterMs: number }

/** How long to wait where the platform says "too many" and not until when. */
export const DEFAULT_FLOOD_MS = 5_000

/** The trouble of a call that nobody answered, by the code of what happened on the network. */
export function networkTrouble(code: string): CallTrouble {
  return { kind: isNeverSentCode(code) ? 'unreached' : 'in-doubt', code }
}

/** A line for people and logs; `platform` as people call it. */
export function callTroubleText(trouble: CallTrouble, platform: string): string {
  switch (trouble.kind) {
    case 'unreached':
      return `${platform} cannot be reached (${trouble.code})`
    case 'in-doubt':
      return `no usable answer from ${platform} (${trouble.code})`
    case 'flood':
      return `too many calls, wait ${Math.ceil(trouble.retryAfterMs / 1000)} s`
  }
}

/** A call whose failure is judged; `inDoubt`: an earlier try may have arrived. */
export interface FailedCall {
  kind: CallKind
  inDoubt: boolean
}

/** Once more is harmless: an edit or a delete made twice is the same as made once. */
const isHarmlessTwice = ({ kind }: FailedCall): boolean => kind === 'edit' || kind === 'delete'

/** What such a trouble means for the call; `why` is its line. */
export function verdictOnTrouble(trouble: CallTrouble, call: FailedCall, why: string): CarryVerdict {
  switch (trouble.kind) {
    case 'unreached':
      // An earlier try may still have arrived.
      return { kind: 'again', inDoubt: call.inDoubt, why }
    case 'in-doubt':
      return { kind: 'again', inDoubt: !isHarmlessTwice(call), why }
    case 'flood':
      return { kind: 'again', inDoubt: call.inDoubt, waitMs: trouble.retryAfterMs, why }
  }
}

/** What a refusal means whose reason is known on every platform: `plainer` where it may be the form that is refused. */
export function verdictOnRefusal(
  { isGone, isBlocked }: { isGone: boolean; isBlocked: boolean },
  call: FailedCall,
  why: string,
): CarryVerdict {
  if (isHarmlessTwice(call) && isGone) return { kind: 'drop', reason: 'gone', why }
  if (isBlocked) return { kind: 'drop', reason: 'blocked', why }
  // Sizes, parts and names that the server takes in no form.
  if (call.kind === 'document' || call.kind === 'delete') return { kind: 'drop', reason: 'refused', why }
  return { kind: 'plainer', why }
}

/**
 * What belongs into a thread that is gone, or cannot be begun, is still said. `isGone`: whether that is why the platform refused it; every
 * other error is thrown.
 */
export async function inThread<T>(
  thread: MessageRef | undefined,
  isGone: (error: unknown) => boolean,
  send: (thread: MessageRef | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await send(thread)
  } catch (error) {
    if (thread === undefined || !isGone(error)) throw error
    return send(undefined)
  }
}
