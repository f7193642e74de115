import type { Delivery, NewDelivery } from '../outbox/delivery.ts'
import { bold } from '../text/document/nodes.ts'
import type { Attachment, Message, ShownMessage } from './message.ts'
import { oneLine } from './render/clean.ts'
import type { ChatRef, MessageRef } from './transport.ts'

/** Where a new post goes, and how it is found again. */
interface Posted {
  /** It goes into the thread of this message, where that was sent. */
  thread?: MessageTarget
  /** For transports that can look for it: its name, and when it was put in (epoch milliseconds). */
  post?: { key: string; since: number }
}

/** One call that must reach a chat. */
export type ChatCall =
  | ({ kind: 'send'; message: ShownMessage; replyTo?: MessageRef } & Posted)
  | ({ kind: 'document'; document: Attachment } & Posted)
  /** Of the delivery's `messageId`, or of what was sent under its slot. */
  | { kind: 'edit'; message: Omit<ShownMessage, 'asksForReply'> }
  | { kind: 'delete' }

/** What is put into the stored queue of a transport's chats. */
export type NewChatDelivery = NewDelivery<ChatCall>
/** One of them that is not finished. */
export type ChatDelivery = Delivery<ChatCall>

/** The calls that show `message` as a new message in a chat; under `slot` it can be edited later. */
export function deliveriesFor(
  chatId: ChatRef,
  message: Message,
  options: { slot?: string; urgent?: boolean; replyTo?: MessageRef; thread?: MessageTarget } = {},
): NewChatDelivery[] {
  const { document, ...named } = message
  const shown = withProject(named)
  const { slot, urgent = true, replyTo, thread } = options
  const there = thread && { thread }
  return [
    ...(document
      ? [
          {
            target: chatId,
            urgent,
            content: { kind: 'document' as const, document: captioned(document, message.project), ...there },
          },
        ]
      : []),
    {
      target: chatId,
      urgent,
      ...(slot !== undefined && { slot }),
      ...(document && { followsDocument: true as const }),
      content: { kind: 'send', message: shown, ...(replyTo !== undefined && { replyTo }), ...there },
    },
  ]
}

/** Which message is meant: by the slot it was sent under, or by its id. */
export type MessageTarget = { slot: string } | { messageId: MessageRef }

/** The call that makes a message show `message` from now on. */
export function editFor(
  chatId: ChatRef,
  target: MessageTarget,
  message: Message,
  options: { urgent?: boolean } = {},
): NewChatDelivery {
  const { document: _, asksForReply: __, ...named } = message
  const shown = withProject(named)
  return {
    target: chatId,
    ...slotOf(target),
    urgent: options.urgent ?? false,
    content: { kind: 'edit', message: shown },
  }
}

/** The call that takes a message away. */
export function deleteFor(chatId: ChatRef, target: MessageTarget): NewChatDelivery {
  return { target: chatId, ...slotOf(target), urgent: true, content: { kind: 'delete' } }
}

/** A message known by its id gets a slot of that name, so that its edits are joined too. */
function slotOf(target: MessageTarget): Pick<NewChatDelivery, 'slot' | 'messageId'> {
  return 'slot' in target ? target : { slot: `message:${target.messageId}`, messageId: target.messageId }
}

/** Longest name of a project before a message; CLOSED_UNITS leaves room for it. */
const PROJECT_UNITS = 40

/** `web · 🚦 Start task 3 of 7?`: the name stands first, where a notification shows it. */
function withProject({ project, ...message }: Omit<Message, 'document'>): ShownMessage {
  if (project === undefined) return message
  return { ...message, body: [bold(oneLine(project, PROJECT_UNITS)), ' · ', ...message.body] }
}

/** Telegram takes 1,024; what has to be added when it is sent again needs room, too. */
const CAPTION_UNITS = 300

function captioned(document: Attachment, project: string | undefined): Attachment {
  const caption = oneLine(document.caption ?? '', CAPTION_UNITS)
  return { ...document, caption: project === undefined ? caption : `${oneLine(project, PROJECT_UNITS)} · ${caption}` }
}

/** The messages that announce an event, and what is remembered together with them. */
export interface Announcement {
  deliveries: NewChatDelivery[]
  remember?: () => void
}
