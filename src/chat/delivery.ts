import type { Attachment, Message } from './message.ts'

/** One call that must reach a chat. */
export type Shipment =
  | { kind: 'send'; message: Omit<Message, 'document'>; replyTo?: number }
  | { kind: 'document'; document: Attachment }
  /** Of the delivery's `messageId`, or of what was sent under its slot. */
  | { kind: 'edit'; message: Omit<Message, 'document' | 'asksForReply'> }
  | { kind: 'delete' }

/** What is put into the stored queue. */
export interface NewDelivery {
  chatId: number
  /** Name of a message in its chat, for later edits: `ask:<id>`, `progress:<task id>`. */
  slot?: string
  /** The message to edit or delete, where it is known without a slot: one that a tap came from. */
  messageId?: number
  shipment: Shipment
  /** Goes before silent progress. */
  urgent: boolean
  /** The delivery put in just before is its document. */
  followsDocument?: true
}

/** A delivery that is not finished. */
export interface Delivery extends NewDelivery {
  id: number
  /** Of the message to edit or delete: as put in, else what the slot's send gave; absent while that was not sent. */
  messageId?: number
  /** `begin` was stored and nothing after it. */
  begun: boolean
  /** It may have arrived already. */
  inDoubt: boolean
  attempts: number
  /** The last failure: waits `waitMs` from `failedAt` (epoch) on. */
  failedAt?: number
  waitMs?: number
  /** That failure was a 429: the whole chat waits. */
  flood?: boolean
  /** The document before it was given up. */
  documentLost?: boolean
}

export interface Failure {
  /** Epoch milliseconds. */
  at: number
  waitMs: number
  inDoubt: boolean
  flood: boolean
  error: string
}

/**
 * Why a delivery was given up: a later edit says it all · its message is gone · the chat is closed to the bot · the server
 * refuses it in every form.
 */
export type DropReason = 'superseded' | 'gone' | 'blocked' | 'refused'

/** The stored queue as the outbox needs it. Each function is durable when it returns. */
export interface DeliveryStore {
  /** Unfinished deliveries, oldest first, at most `limitPerChat` of each chat. */
  pending: (limitPerChat: number) => Delivery[]
  /** About to be sent: after a kill it is in doubt. */
  begin: (id: number) => void
  /** Finished; `messageId` of what was sent is the slot's from now on. */
  done: (id: number, result: { messageId?: number }) => void
  /** To be tried again; clears `begun`. */
  failed: (id: number, failure: Failure) => void
  /** Never to be tried again; with the reason `gone` nothing stands for its slot any more. */
  dropped: (id: number, reason: DropReason, error: string) => void
  /** The group has a new id: its deliveries and slots go there; clears `begun`. */
  moved: (chatId: number, newChatId: number) => void
}

/** The calls that show `message` as a new message in a chat; under `slot` it can be edited later. */
export function deliveriesFor(
  chatId: number,
  message: Message,
  options: { slot?: string; urgent?: boolean; replyTo?: number } = {},
): NewDelivery[] {
  const { document, ...shown } = message
  const { slot, urgent = true, replyTo } = options
  return [
    ...(document ? [{ chatId, urgent, shipment: { kind: 'document' as const, document } }] : []),
    {
      chatId,
      urgent,
      ...(slot !== undefined && { slot }),
      ...(document && { followsDocument: true as const }),
      shipment: { kind: 'send', message: shown, ...(replyTo !== undefined && { replyTo }) },
    },
  ]
}

/** Which message is meant: by the slot it was sent under, or by its id. */
export type Target = { slot: string } | { messageId: number }

/** The call that makes a message show `message` from now on. */
export function editFor(
  chatId: number,
  target: Target,
  message: Message,
  options: { urgent?: boolean } = {},
): NewDelivery {
  const { document: _, asksForReply: __, ...shown } = message
  return { chatId, ...named(target), urgent: options.urgent ?? false, shipment: { kind: 'edit', message: shown } }
}

/** The call that takes a message away. */
export function deleteFor(chatId: number, target: Target): NewDelivery {
  return { chatId, ...named(target), urgent: true, shipment: { kind: 'delete' } }
}

/** A message known by its id gets a slot of that name, so that its edits are joined too. */
function named(target: Target): Pick<NewDelivery, 'slot' | 'messageId'> {
  return 'slot' in target ? target : { slot: `message:${target.messageId}`, messageId: target.messageId }
}

/** What an event is told with, and what is to be remembered together with it. */
export interface Announcement {
  deliveries: NewDelivery[]
  remember?: () => void
}
