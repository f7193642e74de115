import type { Message, Update } from 'grammy/types'
import type { Deed, IncomingFile, RepliedTo } from '../chat/incoming.ts'

/** What a person did, out of an update of the Bot API; undefined where it is nothing that is asked for. */
export function readUpdate({ message, edited_message: edited, callback_query: query }: Update): Deed | undefined {
  if (edited) return { kind: 'edit' }
  if (query) {
    const offer = query.message
    const words = offer && 'reply_to_message' in offer ? offer.reply_to_message?.text : undefined
    return {
      kind: 'tap',
      tapId: query.id,
      ...(query.data !== undefined && { data: query.data }),
      ...(words !== undefined && { words }),
    }
  }
  if (!message) return undefined
  const repliedTo = repliedIn(message)
  const file = fileIn(message)
  const quoted = isQuoted(message) && { isQuoted: true as const }
  if (file) return { kind: 'file', file, caption: message.caption ?? '', ...(repliedTo && { repliedTo }), ...quoted }
  return { kind: 'words', text: message.text ?? '', ...(repliedTo && { repliedTo }), ...quoted }
}

/** Forwarded, or written through another bot: the words of somebody else, whoever sent them. */
const isQuoted = ({ forward_origin, via_bot, is_automatic_forward }: Message): boolean =>
  forward_origin !== undefined || via_bot !== undefined || is_automatic_forward === true

/** The message written, or the one whose button was tapped. */
export function messageIdOf({ message, edited_message: edited, callback_query: query }: Update): string {
  return String((message ?? edited ?? query?.message)?.message_id ?? 0)
}

/** When the message was written, epoch milliseconds; a tap has no time. */
export function sentAtOf({ message, edited_message: edited }: Update): number | undefined {
  const seconds = (message ?? edited)?.date
  return seconds === undefined ? undefined : seconds * 1000
}

function repliedIn({ reply_to_message: replied }: Message): RepliedTo | undefined {
  if (!replied) return undefined
  const buttons = replied.reply_markup?.inline_keyboard.flat() ?? []
  return {
    messageId: String(replied.message_id),
    isFromBot: replied.from?.is_bot ?? false,
    buttons: buttons.flatMap((button) => ('callback_data' in button ? [button.callback_data] : [])),
  }
}

/** The document or the largest photo of a message. */
function fileIn({ document, photo, message_id: id }: Message): IncomingFile | undefined {
  if (document) {
    const { file_id, file_name = `document-${id}`, file_size = 0 } = document
    return { id: file_id, name: file_name, bytes: file_size, isDocument: true }
  }
  const largest = photo?.at(-1)
  return largest && { id: largest.file_id, name: `photo-${id}.jpg`, bytes: largest.file_size ?? 0, isDocument: false }
}
