import type { Delivery, DropReason } from '../chat/delivery.ts'
import type { Trouble } from './api-errors.ts'

/** What a trouble means for a delivery. */
export type Verdict =
  /** It is as it should be. */
  | { kind: 'done' }
  | { kind: 'drop'; reason: DropReason }
  /** In a plainer form, at once. */
  | { kind: 'plainer' }
  | { kind: 'moved'; to: number }
  /** Later; `inDoubt`: it may have arrived. */
  | { kind: 'again'; inDoubt: boolean; flood?: number }
  /** Nothing can be sent at all, by anybody. */
  | { kind: 'closed' }

/** Once more is harmless: an edit or a delete made twice is the same as made once. */
const idempotent = (delivery: Delivery) => delivery.shipment.kind === 'edit' || delivery.shipment.kind === 'delete'

/** Sizes, parts and names the server never takes in any form. */
const GONE =
  /message to (edit|delete) not found|message can't be (edited|deleted)|there is no text in the message to edit|MESSAGE_ID_INVALID/i
const BLOCKED =
  /chat not found|user is deactivated|PEER_ID_INVALID|bot was kicked|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|TOPIC_CLOSED/i

/** Reads a trouble as a verdict about a delivery; pure. */
export function verdictOf(trouble: Trouble, delivery: Delivery): Verdict {
  switch (trouble.kind) {
    case 'unreached':
      // An earlier try may still have arrived.
      return { kind: 'again', inDoubt: delivery.inDoubt }
    case 'in-doubt':
      return { kind: 'again', inDoubt: !idempotent(delivery) }
    case 'flood':
      return { kind: 'again', inDoubt: delivery.inDoubt, flood: trouble.retryAfterMs }
    case 'conflict':
    case 'unauthorized':
      return { kind: 'closed' }
    case 'refused':
      return verdictOfRefusal(trouble, delivery)
  }
}

function verdictOfRefusal(
  { code, description, movedTo }: Extract<Trouble, { kind: 'refused' }>,
  delivery: Delivery,
): Verdict {
  if (movedTo !== undefined) return { kind: 'moved', to: movedTo }
  if (/message is not modified/i.test(description)) return { kind: 'done' }
  if (idempotent(delivery) && GONE.test(description)) return { kind: 'drop', reason: 'gone' }
  if (code === 403 || BLOCKED.test(description)) return { kind: 'drop', reason: 'blocked' }
  if (delivery.shipment.kind === 'document' || delivery.shipment.kind === 'delete')
    return { kind: 'drop', reason: 'refused' }
  return { kind: 'plainer' }
}
