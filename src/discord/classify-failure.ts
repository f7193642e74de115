import type { CallKind } from '../chat/transport.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { type DiscordTrouble, discordTroubleOf, discordTroubleText } from './api-errors.ts'

interface Call {
  kind: CallKind
  inDoubt: boolean
}

/** Once more is harmless: an edit or a delete made twice is the same as made once. */
const isIdempotent = ({ kind }: Call) => kind === 'edit' || kind === 'delete'

/** Unknown message; unknown channel, where a thread was deleted with its messages. */
const GONE = new Set([10_008])
/** Unknown channel or guild, no access, no direct messages to this person, no right to write, an archived thread. */
const BLOCKED = new Set([10_003, 10_004, 50_001, 50_007, 50_013, 50_278])

/** What the failure of a call means for it; pure. */
export function classifyDiscordFailure(error: unknown, call: Call): CarryVerdict {
  const trouble = discordTroubleOf(error)
  const why = discordTroubleText(trouble)
  switch (trouble.kind) {
    case 'unreached':
      // An earlier try may still have arrived.
      return { kind: 'again', inDoubt: call.inDoubt, why }
    case 'in-doubt':
      return { kind: 'again', inDoubt: !isIdempotent(call), why }
    case 'flood':
      return { kind: 'again', inDoubt: call.inDoubt, waitMs: trouble.retryAfterMs, why }
    case 'unauthorized':
      return { kind: 'closed', why }
    case 'refused':
      return refusalOf(trouble, call, why)
  }
}

function refusalOf(
  { code, status }: Extract<DiscordTrouble, { kind: 'refused' }>,
  call: Call,
  why: string,
): CarryVerdict {
  if (isIdempotent(call) && GONE.has(code)) return { kind: 'drop', reason: 'gone', why }
  if (BLOCKED.has(code) || status === 403) return { kind: 'drop', reason: 'blocked', why }
  // Sizes and names that the server takes in no form.
  if (call.kind === 'document' || call.kind === 'delete') return { kind: 'drop', reason: 'refused', why }
  return { kind: 'plainer', why }
}
