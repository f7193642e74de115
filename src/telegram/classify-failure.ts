import { type FailedCall, verdictOnRefusal, verdictOnTrouble } from '../chat/call-trouble.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { type ApiTrouble, troubleOf, troubleText } from './api-errors.ts'

const GONE =
  /message to (edit|delete) not found|message can't be (edited|deleted)|there is no text in the message to edit|MESSAGE_ID_INVALID/i
const BLOCKED =
  /chat not found|user is deactivated|PEER_ID_INVALID|bot was kicked|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|TOPIC_CLOSED/i

/** What the failure of a call means for it; pure. */
export function classifyFailure(error: unknown, call: FailedCall): CarryVerdict {
  const trouble = troubleOf(error)
  const why = troubleText(trouble)
  switch (trouble.kind) {
    case 'conflict':
    case 'unauthorized':
      return { kind: 'closed', why }
    case 'refused':
      return refusal(trouble, call, why)
    default:
      return verdictOnTrouble(trouble, call, why)
  }
}

function refusal(
  { code, description, movedTo }: Extract<ApiTrouble, { kind: 'refused' }>,
  call: FailedCall,
  why: string,
): CarryVerdict {
  if (movedTo !== undefined) return { kind: 'moved', to: String(movedTo) }
  if (/message is not modified/i.test(description)) return { kind: 'done' }
  const isBlocked = code === 403 || BLOCKED.test(description)
  return verdictOnRefusal({ isGone: GONE.test(description), isBlocked }, call, why)
}
