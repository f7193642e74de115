import type { CallKind } from '../chat/transport.ts'
import type { CarryVerdict } from '../outbox/carrier.ts'
import { type ApiTrouble, troubleOf, troubleText } from './api-errors.ts'

interface Call {
  kind: CallKind
  inDoubt: boolean
}

/** Once more is harmless: an edit or a delete made twice is the same as made once. */
const isIdempotent = ({ kind }: Call) => kind === 'edit' || kind === 'delete'

const GONE =
  /message to (edit|delete) not found|message can't be (edited|deleted)|there is no text in the message to edit|MESSAGE_ID_INVALID/i
const BLOCKED =
  /chat not found|user is deactivated|PEER_ID_INVALID|bot was kicked|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|TOPIC_CLOSED/i

/** What the failure of a call means for it; pure. */
export function classifyFailure(error: unknown, call: Call): CarryVerdict {
  const trouble = troubleOf(error)
  const why = troubleText(trouble)
  switch (trouble.kind) {
    case 'unreached':
      // An earlier try may still have arrived.
      return { kind: 'again', inDoubt: call.inDoubt, why }
    case 'in-doubt':
      return { kind: 'again', inDoubt: !isIdempotent(call), why }
    case 'flood':
      return { kind: 'again', inDoubt: call.inDoubt, waitMs: trouble.retryAfterMs, why }
    case 'conflict':
    case 'unauthorized':
      return { kind: 'closed', why }
    case 'refused':
      return refusal(trouble, call, why)
  }
}

function refusal(
  { code, description, movedTo }: Extract<ApiTrouble, { kind: 'refused' }>,
  call: Call,
  why: string,
): CarryVerdict {
  if (movedTo !== undefined) return { kind: 'moved', to: String(movedTo) }
  if (/message is not modified/i.test(description)) return { kind: 'done' }
  if (isIdempotent(call) && GONE.test(description)) return { kind: 'drop', reason: 'gone', why }
  if (code === 403 || BLOCKED.test(description)) return { kind: 'drop', reason: 'blocked', why }
  // Sizes, parts and names that the server takes in no form.
  if (call.kind === 'document' || call.kind === 'delete') return { kind: 'drop', reason: 'refused', why }
  return { kind: 'plainer', why }
}
