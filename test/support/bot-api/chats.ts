import type { ChatMessage, Conversation, TapRecord, Version } from './conversation.ts'
import { latest } from './conversation.ts'
import { ApiError, badRequest } from './errors.ts'
import { type Params, text } from './params.ts'

export interface User {
  id: number
  is_bot: boolean
  first_name: string
  username?: string
}

export interface Chat {
  id: number
  type: 'private' | 'group' | 'supergroup'
  title: string
  /** In a private chat: whether the person ever wrote to the bot. */
  started: boolean
  blocked: boolean
  /** The group became a supergroup with this id. */
  movedTo?: number
  messages: ChatMessage[]
  taps: TapRecord[]
}

export type NewMessage = Pick<ChatMessage, 'from' | 'silent'> &
  Partial<Pick<ChatMessage, 'replyTo' | 'file' | 'forceReply'>> &
  Omit<Version, 'at'>

export interface Chats {
  add: (chat: Pick<Chat, 'id' | 'type' | 'title'> & { started?: boolean }) => Chat
  get: (id: number) => Chat | undefined
  /** The chat a call is about; throws when the bot may not write there. */
  reach: (params: Params) => Chat
  post: (chat: Chat, message: NewMessage) => ChatMessage
  find: (chat: Chat, messageId: number) => ChatMessage | undefined
  /** A message as the API tells it. */
  wire: (chat: Chat, message: ChatMessage) => Record<string, unknown>
  conversation: (chatId: number) => Conversation
}

/** The chats of one bot. `now` in epoch milliseconds. */
export function createChats(bot: User, now: () => number): Chats {
  const chats = new Map<number, Chat>()
  // Private chats and plain groups share one counter of message ids; a supergroup has its own.
  let sharedId = 100
  const ownIds = new Map<number, number>()

  const nextId = (chat: Chat) => {
    if (chat.type !== 'supergroup') return ++sharedId
    const id = (ownIds.get(chat.id) ?? 0) + 1
    ownIds.set(chat.id, id)
    return id
  }
  const find: Chats['find'] = (chat, id) => chat.messages.find((m) => m.id === id && m.deletedAt === undefined)

  const wire = (chat: Chat, message: ChatMessage, bare = false): Record<string, unknown> => {
    const { text: words, entities, keyboard } = latest(message)
    const replied = message.replyTo === undefined || bare ? undefined : find(chat, message.replyTo)
    const named = message.file ? { caption: words, caption_entities: entities } : { text: words, entities }
    return {
      message_id: message.id,
      from: message.from.isBot ? bot : { id: message.from.id, is_bot: false, first_name: message.from.name },
      chat: {
        id: chat.id,
        type: chat.type,
        ...(chat.type === 'private' ? { first_name: chat.title } : { title: chat.title }),
      },
      date: Math.floor(message.at / 1000),
      ...(message.versions.length > 1 && { edit_date: Math.floor(latest(message).at / 1000) }),
      ...(words !== '' && named),
      ...(message.file && fileFields(message.file)),
      ...(replied && { reply_to_message: wire(chat, replied, true) }),
      ...(keyboard && { reply_markup: { inline_keyboard: keyboard } }),
    }
  }

  return {
    add: ({ started = true, ...chat }) => {
      const made: Chat = { ...chat, started, blocked: false, messages: [], taps: [] }
      chats.set(made.id, made)
      return made
    },
    get: (id) => chats.get(id),
    reach: (params) => {
      const id = text(params, 'chat_id')
      if (id === undefined || id === '') throw badRequest('chat_id is empty')
      const chat = chats.get(Number(id))
      if (!chat) throw badRequest('chat not found')
      if (chat.movedTo !== undefined) {
        throw new ApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
          migrate_to_chat_id: chat.movedTo,
        })
      }
      if (chat.blocked) throw new ApiError(403, 'Forbidden: bot was blocked by the user')
      if (!chat.started) throw new ApiError(403, "Forbidden: bot can't initiate conversation with a user")
      return chat
    },
    post: (chat, { text: words, entities, keyboard, ...message }) => {
      const at = now()
      const posted: ChatMessage = {
        id: nextId(chat),
        chatId: chat.id,
        at,
        ...message,
        versions: [{ at, text: words, entities, ...(keyboard && { keyboard }) }],
      }
      chat.messages.push(posted)
      return posted
    },
    find,
    wire: (chat, message) => wire(chat, message),
    conversation: (chatId) => {
      const chat = chats.get(chatId)
      if (!chat) throw new Error(`There is no chat ${chatId}`)
      const { id, type, title, messages, taps } = chat
      return { bot: bot.first_name, chat: { id, type, title }, messages, taps }
    },
  }
}

function fileFields(file: NonNullable<ChatMessage['file']>): Record<string, unknown> {
  const fields = { file_id: file.fileId, file_unique_id: file.fileId.slice(-12), file_size: file.size }
  if (file.kind === 'document') return { document: { ...fields, file_name: file.name } }
  return { photo: [{ ...fields, width: 800, height: 600 }] }
}
