import type { InlineButton } from './conversation.ts'
import { badRequest } from './errors.ts'
import { json, type Params } from './params.ts'

const MAX_DATA_BYTES = 64
const MAX_BUTTONS = 100
const MAX_ROW = 8
const KINDS = [
  'callback_data',
  'url',
  'disabled',
  'web_app',
  'copy_text',
  'switch_inline_query',
  'switch_inline_query_current_chat',
]

export interface Markup {
  keyboard?: InlineButton[][]
  forceReply?: { placeholder?: string }
}

/** Checks reply_markup as the server does; undefined fields mean that there is none of that sort. */
export function readMarkup(params: Params): Markup {
  const value = json(params, 'reply_markup')
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('Object expected as reply markup')
  const markup = value as Record<string, unknown>
  if (markup.inline_keyboard !== undefined) return readInline(markup.inline_keyboard)
  if (markup.force_reply === true) {
    const placeholder = markup.input_field_placeholder
    if (typeof placeholder !== 'string') return { forceReply: {} }
    if (placeholder.length > 64) throw badRequest('Input field placeholder is too long')
    return { forceReply: { placeholder } }
  }
  return {}
}

function readInline(value: unknown): Markup {
  if (!Array.isArray(value)) throw badRequest('Field "inline_keyboard" must be of type Array')
  const keyboard = value.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest('Field "inline_keyboard" must be an Array of Arrays')
    if (row.length > MAX_ROW) throw badRequest('BUTTON_ROW_TOO_LONG')
    return row.map(readButton)
  })
  if (keyboard.flat().length > MAX_BUTTONS) throw badRequest('Reply markup is too long')
  const rows = keyboard.filter((row) => row.length > 0)
  return rows.length > 0 ? { keyboard: rows } : {}
}

function readButton(value: unknown): InlineButton {
  const fail = (why: string) => badRequest(`Can't parse inline keyboard button: ${why}`)
  if (typeof value !== 'object' || value === null) throw fail('InlineKeyboardButton must be an Object')
  const button = value as Record<string, unknown>
  if (typeof button.text !== 'string') throw fail('Field "text" must be of type String')
  if (!button.text.isWellFormed()) throw badRequest('Strings must be encoded in UTF-8')
  if (button.text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID')
  if (button.style !== undefined && !['primary', 'success', 'danger', ''].includes(button.style as string)) {
    throw fail('invalid button style specified')
  }
  const kinds = KINDS.filter((kind) => button[kind] !== undefined && button[kind] !== '')
  if (kinds.length === 0) throw fail('Text buttons are unallowed in the inline keyboard')
  if (kinds.length > 1) throw badRequest('BUTTON_INVALID')
  const data = button.callback_data
  if (data !== undefined) {
    if (typeof data !== 'string') throw fail('Field "callback_data" must be of type String')
    if (Buffer.byteLength(data) > MAX_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID')
  }
  const url = button.url
  if (url !== undefined && !URL.canParse(String(url))) throw badRequest('BUTTON_URL_INVALID')
  return {
    text: button.text,
    ...(typeof data === 'string' && { callback_data: data }),
    ...(typeof url === 'string' && { url }),
    ...(typeof button.style === 'string' && button.style !== '' && { style: button.style }),
    ...(typeof button.disabled === 'object' && button.disabled !== null && { disabled: button.disabled }),
  }
}
