import { type FailedCall, verdictOnRefusal, verdictOnTrouble } from '../chat/call-trouble.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { discordTroubleOf, discordTroubleText } from './api-errors.ts'

/** Unknown message; unknown channel, where a thread was deleted with its messages. */
const GONE = new Set([10_008])
/** Unknown channel or guild, no access, no direct messages to this person, no right to write, an archived thread. */
const BLOCKED = new Set([10_003, 10_004, 50_001, 50_007, 50_013, 50_278])

/** What the failure of a call means for it; pure. */
export function classifyDiscordFailure(error: unknown, call: FailedCall): CarryVerdict {
  const trouble = discordTroubleOf(error)
  const why = discordTroubleText(trouble)
  switch (trouble.kind) {
    case 'unauthorized':
      return { kind: 'closed', why }
    case 'refused': {
      const { code, status } = trouble
      return verdictOnRefusal({ isGone: GONE.has(code), isBlocked: BLOCKED.has(code) || status === 403 }, call, why)
    }
    default:
      return verdictOnTrouble(trouble, call, why)
  }
}
