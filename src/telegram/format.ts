import type { ForceReply, InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import type { Button, ShownMessage } from '../chat/message.ts'
import type { Form } from '../outbox/carrier.ts'
import { toPlain } from '../text/document/layout.ts'
import { toHtml } from './html.ts'

/** What a message is to the Bot API: its words, and the options of sendMessage and editMessageText. */
export interface Formatted {
  text: string
  options: {
    parse_mode?: 'HTML'
    link_preview_options: { is_disabled: true }
    reply_markup?: InlineKeyboardMarkup | ForceReply
  }
}

/** Writes a message for the Bot API, as fully as `form` says. */
export function formatMessage(message: ShownMessage, form: Form): Formatted {
  const markup = form === 'bare' ? undefined : markupOf(message)
  return {
    text: form === 'full' ? toHtml(message.body) : toPlain(message.body),
    options: {
      ...(form === 'full' && { parse_mode: 'HTML' as const }),
      // Nothing a model wrote is ever fetched: a preview could carry data out.
      link_preview_options: { is_disabled: true },
      ...(markup && { reply_markup: markup }),
    },
  }
}

/** The longest placeholder of a reply field. */
const PLACEHOLDER_UNITS = 64

function markupOf({ buttons = [], asksForReply }: ShownMessage): InlineKeyboardMarkup | ForceReply | undefined {
  if (buttons.length > 0) return { inline_keyboard: buttons.map((row) => row.map(inlineButton)) }
  if (asksForReply === undefined) return undefined
  return { force_reply: true, input_field_placeholder: asksForReply.slice(0, PLACEHOLDER_UNITS) }
}

function inlineButton({ text, data, style }: Button): InlineKeyboardButton {
  return { text, callback_data: data, ...(style && { style }) }
}

/** The HTTP client puts the name into a header as it is. */
export function fileName(name: string): string {
  return name.replace(/[\r\n";\\/]+/g, '_').slice(0, 100)
}
