import type { Carrier } from '../outbox/carrier.ts'
import { italic } from '../text/document/nodes.ts'
import type { ChatCall, ChatDelivery } from './delivery.ts'
import type { ShownMessage } from './message.ts'
import type { ChatStore } from './ports.ts'
import type { Sendable, Transport } from './transport.ts'

/** Added to what goes out again after nobody knew whether it had arrived. */
const AGAIN = '↻ Sent again: the first message may not have arrived.'
const DOCUMENT_LOST = '⚠️ The document with the full text could not be sent'
const NOT_HERE = ', so this cannot be approved here.'

/** A slow line gets this much time for a document, on top of the time of a call. */
const BYTES_PER_MS = 20

/** How the stored deliveries of chats are brought to them by a transport. */
export function carryBy(
  transport: Transport,
  { messageIn }: Pick<ChatStore['deliveries'], 'messageIn'>,
): Carrier<ChatCall> {
  const sendable = (delivery: ChatDelivery, content: PostContent): Sendable => {
    const { thread, post } = content
    const root = thread && ('slot' in thread ? messageIn(delivery.target, thread.slot) : thread.messageId)
    const posting = { ...(root !== undefined && { thread: root }), ...(post && { key: post.key }) }
    if (content.kind === 'document') {
      const { caption: own, ...document } = content.document
      const caption = [own, ...notesFor(delivery)].filter(Boolean).join('\n')
      return { document, ...(caption && { caption }), ...posting }
    }
    const { replyTo } = content
    const message = withNotes(withoutLost(content.message, delivery), notesFor(delivery))
    return { message, ...(replyTo !== undefined && { replyTo }), ...posting }
  }
  const { findSent } = transport
  return {
    async carry([delivery], form, signal) {
      const { target: chatId, content, messageId = '' } = delivery
      switch (content.kind) {
        case 'send':
        case 'document':
          return { messageId: await transport.send(chatId, sendable(delivery, content), form, signal) }
        case 'edit':
          await transport.edit(chatId, messageId, content.message, form, signal)
          return {}
        case 'delete':
          await transport.delete(chatId, messageId, signal)
          return {}
      }
    },
    classify: (error, { content, inDoubt }) => transport.classify(error, { kind: content.kind, inDoubt }),
    reach: transport.reach,
    ...(findSent && {
      async find(delivery: ChatDelivery, signal: AbortSignal) {
        const { content, target } = delivery
        // What was put in before posts had keys cannot be looked for.
        if (!isPost(content) || !content.post) return 'unknown' as const
        const found = await findSent(target, sendable(delivery, content), content.post.since, signal)
        return found === undefined ? undefined : { messageId: found }
      },
    }),
    effectOf: ({ kind }) => (kind === 'edit' ? 'changes' : kind === 'delete' ? 'removes' : 'creates'),
    extraTimeMs: (content) => (content.kind === 'document' ? content.document.content.length / BYTES_PER_MS : 0),
    silentGapMs: transport.limits.editGapMs,
  }
}

type PostContent = Extract<ChatCall, { kind: 'send' | 'document' }>
const isPost = (content: ChatCall): content is PostContent => content.kind === 'send' || content.kind === 'document'

function notesFor({ documentLost, inDoubt, content }: ChatDelivery): string[] {
  const lost = `${DOCUMENT_LOST}${needsIt(content) ? NOT_HERE : '.'}`
  return [...(documentLost ? [lost] : []), ...(inDoubt ? [AGAIN] : [])]
}

/** A log that is lost forbids nothing. */
const needsIt = (content: ChatCall): boolean =>
  'message' in content && content.message.buttons?.flat().some((button) => button.needsDocument) === true

function withNotes(message: ShownMessage, notes: string[]): ShownMessage {
  return { ...message, body: [...message.body, ...notes.flatMap((note) => ['\n\n', italic(note)])] }
}

/** What a lost document was to show whole cannot be approved. */
function withoutLost(message: ShownMessage, { documentLost }: ChatDelivery): ShownMessage {
  const { buttons, ...rest } = message
  if (!documentLost || !buttons) return message
  const left = buttons.map((row) => row.filter(({ needsDocument }) => !needsDocument)).filter((row) => row.length > 0)
  return { ...rest, ...(left.length > 0 && { buttons: left }) }
}
