import { type Api, InputFile } from 'grammy/web'
import type { Transport } from '../chat/transport.ts'
import { createTapAnswerer } from './answer-callback.ts'
import { signalFor } from './call-signal.ts'
import { classifyFailure } from './classify-failure.ts'
import { createDownload, MAX_DOWNLOAD_BYTES } from './download.ts'
import { fileName, formatMessage } from './format.ts'

/** A bot may send files up to this size. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024

export interface TelegramTransportOptions {
  api: Api
  token: string
  /** Default: Telegram's own. */
  apiRoot?: string
  /** A tap could not be answered. */
  onTrouble: (text: string) => void
}

/** Groups have negative ids. */
const isShared = (chatId: string): boolean => chatId.startsWith('-')

/** The Bot API as a transport; hearing is the poller's part. */
export function createTelegramTransport({ api, onTrouble, ...server }: TelegramTransportOptions): Transport {
  return {
    name: 'telegram',
    limits: {
      textUnits: 4_096,
      downloadBytes: MAX_DOWNLOAD_BYTES,
      uploadBytes: MAX_UPLOAD_BYTES,
      // A group takes 20 messages a minute, edits included.
      editGapMs: (chatId) => (isShared(chatId) ? 5_000 : 2_500),
    },
    format: formatMessage,
    async send(chatId, what, form, signal) {
      if ('document' in what) {
        const { document, caption } = what
        const file = new InputFile(Buffer.from(document.content), fileName(document.name))
        const options = { disable_notification: true, ...(caption !== undefined && { caption }) }
        return String((await api.sendDocument(chatId, file, options, signalFor(signal))).message_id)
      }
      const { message, replyTo } = what
      const { text, options } = formatMessage(message, form)
      const reply = { message_id: Number(replyTo), allow_sending_without_reply: true }
      const sent = await api.sendMessage(
        chatId,
        text,
        { ...options, ...(replyTo !== undefined && { reply_parameters: reply }), disable_notification: message.silent },
        signalFor(signal),
      )
      return String(sent.message_id)
    },
    edit(chatId, messageId, { asksForReply: _, ...message }, form, signal) {
      const { text, options } = formatMessage(message, form)
      const { reply_markup: markup, ...rest } = options
      const keyboard = markup && 'inline_keyboard' in markup ? { reply_markup: markup } : {}
      return api.editMessageText(chatId, Number(messageId), text, { ...rest, ...keyboard }, signalFor(signal))
    },
    delete: (chatId, messageId, signal) => api.deleteMessage(chatId, Number(messageId), signalFor(signal)),
    classify: classifyFailure,
    reach: (signal) => api.getMe(signalFor(signal)),
    answer: createTapAnswerer(api, onTrouble),
    download: createDownload({ api, ...server }),
    ownName: async () => (await api.getMe()).username,
    isShared,
    // Telegram gives a private chat the number of its person.
    isPrivateWith: (chatId, personId) => chatId === personId,
    allowedBy: 'TELEGRAM_ALLOWED_USERS',
  }
}
