import type { Entity } from './html.ts'

/** What was said in a chat, as plain data: for assertions, and for the page that shows it. Times are epoch milliseconds. */
export interface Conversation {
  bot: string
  chat: { id: number; type: 'private' | 'group' | 'supergroup'; title: string }
  /** Oldest first; deleted ones stay, with `deletedAt`. */
  messages: ChatMessage[]
  taps: TapRecord[]
}

export interface ChatMessage {
  id: number
  chatId: number
  from: { id: number; name: string; isBot: boolean }
  at: number
  /** Sent with disable_notification: the phone made no sound. */
  silent: boolean
  replyTo?: number
  /** The first one is the message as sent, each further one an edit. */
  versions: Version[]
  file?: { kind: 'document' | 'photo'; name: string; size: number; fileId: string }
  forceReply?: { placeholder?: string }
  pinned?: boolean
  deletedAt?: number
}

export interface Version {
  at: number
  text: string
  entities: Entity[]
  keyboard?: InlineButton[][]
}

export interface InlineButton {
  text: string
  callback_data?: string
  url?: string
  style?: string
  disabled?: object
}

export interface TapRecord {
  queryId: string
  at: number
  chatId: number
  messageId: number
  by: { id: number; name: string }
  data: string
  buttonText?: string
  answer?: { at: number; text?: string; alert: boolean }
}

/** The message as one sees it now. */
export function latest(message: ChatMessage): Version {
  return message.versions.at(-1) as Version
}
