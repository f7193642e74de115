import { isDeepStrictEqual } from 'node:util'
import type { Chat } from './chats.ts'
import { type ChatMessage, latest, type Version } from './conversation.ts'
import { badRequest } from './errors.ts'
import { readMarkup } from './markup.ts'
import { entities, integer, type Params, text } from './params.ts'
import { formatText, MAX_CAPTION, MAX_TEXT } from './text.ts'
import type { Method, World } from './world.ts'

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'
const DELETABLE_FOR_MS = 48 * 3600_000

/** The methods that change or remove a message. */
export function editingMethods(world: World): Record<string, Method> {
  const { chats, limiter, now } = world

  const target = (params: Params, what: string): { chat: Chat; message: ChatMessage } => {
    const chat = chats.reach(params)
    const message = chats.find(chat, integer(params, 'message_id') ?? 0)
    if (!message) throw badRequest(`message to ${what} not found`)
    return { chat, message }
  }
  const editable = (params: Params) => {
    const found = target(params, 'edit')
    if (!found.message.from.isBot) throw badRequest("message can't be edited")
    return found
  }
  const change = (chat: Chat, message: ChatMessage, version: Omit<Version, 'at'>) => {
    const { at: _, ...before } = latest(message)
    if (isDeepStrictEqual(before, version)) throw badRequest(NOT_MODIFIED)
    limiter.check(chat.id)
    message.versions.push({ at: now(), ...version })
    return chats.wire(chat, message)
  }
  const withMarkup = (params: Params) => {
    const { keyboard } = readMarkup(params)
    return keyboard ? { keyboard } : {}
  }

  return {
    editMessageText: (params) => {
      const { chat, message } = editable(params)
      if (message.file) throw badRequest('there is no text in the message to edit')
      const words = formatText(
        text(params, 'text') ?? '',
        text(params, 'parse_mode'),
        entities(params, 'entities'),
        MAX_TEXT,
      )
      if (words.text === '') throw badRequest('message text is empty')
      return change(chat, message, { ...words, ...withMarkup(params) })
    },
    editMessageCaption: (params) => {
      const { chat, message } = editable(params)
      if (!message.file) throw badRequest('there is no caption in the message to edit')
      const words = formatText(
        text(params, 'caption') ?? '',
        text(params, 'parse_mode'),
        entities(params, 'caption_entities'),
        MAX_CAPTION,
      )
      return change(chat, message, { ...words, ...withMarkup(params) })
    },
    editMessageReplyMarkup: (params) => {
      const { chat, message } = editable(params)
      const { text: words, entities: marks } = latest(message)
      return change(chat, message, { text: words, entities: marks, ...withMarkup(params) })
    },
    deleteMessage: (params) => {
      const { chat, message } = target(params, 'delete')
      if (now() - message.at > DELETABLE_FOR_MS || (!message.from.isBot && chat.type !== 'private')) {
        throw badRequest("message can't be deleted")
      }
      limiter.check(chat.id)
      message.deletedAt = now()
      return true
    },
    pinChatMessage: (params) => {
      const { chat, message } = target(params, 'pin')
      limiter.check(chat.id)
      message.pinned = true
      return true
    },
    unpinChatMessage: (params) => {
      const { message } = target(params, 'unpin')
      message.pinned = false
      return true
    },
  }
}
