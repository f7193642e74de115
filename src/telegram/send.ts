import type { ForceReply, InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import { type Api, InputFile } from 'grammy/web'
import type { Delivery } from '../chat/delivery.ts'
import type { Button, Message } from '../chat/message.ts'
import type { CallSignal } from './deadline.ts'

/** How much of a message's form is given up after the server refused the fuller one. */
export type Form = 'html' | 'plain' | 'bare'

/** Added to what goes out again after nobody knew whether it had arrived. */
const AGAIN = '↻ Sent again: the first one may not have arrived.'
const DOCUMENT_LOST = '⚠️ The document with the whole of it could not be sent, so this cannot be approved here.'

/** Nothing a model wrote is ever fetched: a preview could carry data out. */
const NO_PREVIEW = { link_preview_options: { is_disabled: true } }

/** Makes the one call of a delivery; what a sent message got as its id comes back. */
export async function ship(
  api: Api,
  delivery: Delivery,
  form: Form,
  signal: CallSignal,
): Promise<{ messageId?: number }> {
  const { chatId, shipment, messageId = 0 } = delivery
  switch (shipment.kind) {
    case 'send': {
      const { message, replyTo } = shipment
      const { text, mode } = wordsIn(form, message, notesFor(delivery))
      const markup = form === 'bare' ? undefined : markupOf(message, delivery.documentLost ?? false)
      const reply =
        replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }
      const other = {
        ...mode,
        ...NO_PREVIEW,
        ...reply,
        ...(markup && { reply_markup: markup }),
        disable_notification: message.silent,
      }
      const sent = await api.sendMessage(chatId, text, other, signal)
      return { messageId: sent.message_id }
    }
    case 'document': {
      const file = new InputFile(Buffer.from(shipment.document.content), fileName(shipment.document.name))
      const caption = notesFor(delivery).join('\n')
      const sent = await api.sendDocument(
        chatId,
        file,
        { disable_notification: true, ...(caption && { caption }) },
        signal,
      )
      return { messageId: sent.message_id }
    }
    case 'edit': {
      const { text, mode } = wordsIn(form, shipment.message, [])
      const keyboard = form === 'bare' ? undefined : keyboardOf(shipment.message, false)
      await api.editMessageText(
        chatId,
        messageId,
        text,
        { ...mode, ...NO_PREVIEW, ...(keyboard && { reply_markup: keyboard }) },
        signal,
      )
      return {}
    }
    case 'delete':
      await api.deleteMessage(chatId, messageId, signal)
      return {}
  }
}

/** The next plainer form; undefined when there is none. */
export function plainer(form: Form): Form | undefined {
  return form === 'html' ? 'plain' : form === 'plain' ? 'bare' : undefined
}

function notesFor(delivery: Delivery): string[] {
  return [...(delivery.documentLost ? [DOCUMENT_LOST] : []), ...(delivery.inDoubt ? [AGAIN] : [])]
}

function wordsIn(form: Form, message: Pick<Message, 'html' | 'plain'>, notes: string[]) {
  if (form !== 'html') return { text: [message.plain, ...notes].join('\n\n'), mode: {} }
  return {
    text: [message.html, ...notes.map((note) => `<i>${note}</i>`)].join('\n\n'),
    mode: { parse_mode: 'HTML' as const },
  }
}

function keyboardOf(
  { buttons = [] }: Pick<Message, 'buttons'>,
  documentLost: boolean,
): InlineKeyboardMarkup | undefined {
  const rows = buttons
    .map((row) => row.filter((button) => !(documentLost && button.needsDocument)))
    .filter((row) => row.length > 0)
  return rows.length > 0 ? { inline_keyboard: rows.map((row) => row.map(inlineButton)) } : undefined
}

function markupOf(
  message: Pick<Message, 'buttons' | 'asksForReply'>,
  documentLost: boolean,
): InlineKeyboardMarkup | ForceReply | undefined {
  const keyboard = keyboardOf(message, documentLost)
  if (keyboard || message.asksForReply === undefined) return keyboard
  return { force_reply: true, input_field_placeholder: message.asksForReply.slice(0, 64) }
}

function inlineButton({ text, data, style }: Button): InlineKeyboardButton {
  return { text, callback_data: data, ...(style && { style }) }
}

/** grammY puts the name into a header as it is. */
function fileName(name: string): string {
  return name.replace(/[\r\n";\\/]+/g, '_').slice(0, 100)
}
