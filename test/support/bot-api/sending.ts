import type { Chat, NewMessage } from './chats.ts'
import { badRequest } from './errors.ts'
import { readMarkup } from './markup.ts'
import { entities, flag, json, type Params, text } from './params.ts'
import { formatText, MAX_CAPTION, MAX_TEXT } from './text.ts'
import type { Method, World } from './world.ts'

/** The methods that put a message into a chat. */
export function sendingMethods(world: World): Record<string, Method> {
  const { chats, files, limiter, bot } = world
  const from = { id: bot.id, name: bot.first_name, isBot: true }

  const post = (chat: Chat, message: Omit<NewMessage, 'from' | 'silent' | 'replyTo'>, params: Params) => {
    const replyTo = readReply(world, chat, params)
    const sent = chats.post(chat, {
      from,
      silent: flag(params, 'disable_notification'),
      ...(replyTo !== undefined && { replyTo }),
      ...message,
    })
    return chats.wire(chat, sent)
  }
  const sendFile = (kind: 'document' | 'photo'): Method => {
    return (params) => {
      const chat = chats.reach(params)
      const caption = formatText(
        text(params, 'caption') ?? '',
        text(params, 'parse_mode'),
        entities(params, 'caption_entities'),
        MAX_CAPTION,
      )
      const markup = readMarkup(params)
      const file = files.fromParam(params, kind, `${kind}s`)
      limiter.check(chat.id)
      return post(
        chat,
        { ...caption, ...markup, file: { kind, name: file.name, size: file.bytes.length, fileId: file.id } },
        params,
      )
    }
  }

  return {
    sendMessage: (params) => {
      const chat = chats.reach(params)
      const words = formatText(
        text(params, 'text') ?? '',
        text(params, 'parse_mode'),
        entities(params, 'entities'),
        MAX_TEXT,
      )
      if (words.text === '') throw badRequest('message text is empty')
      const markup = readMarkup(params)
      limiter.check(chat.id)
      return post(chat, { ...words, ...markup }, params)
    },
    sendDocument: sendFile('document'),
    sendPhoto: sendFile('photo'),
    sendChatAction: (params) => {
      chats.reach(params)
      const actions = [
        'typing',
        'upload_photo',
        'upload_document',
        'find_location',
        'choose_sticker',
        'record_voice',
        'upload_voice',
      ]
      if (!actions.includes(text(params, 'action') ?? '')) throw badRequest('wrong parameter action in request')
      return true
    },
  }
}

/** The message replied to, from reply_parameters or the older reply_to_message_id. */
function readReply({ chats }: World, chat: Chat, params: Params): number | undefined {
  const reply = json(params, 'reply_parameters') as
    | { message_id?: number; allow_sending_without_reply?: boolean }
    | undefined
  const id = Number(reply?.message_id ?? text(params, 'reply_to_message_id') ?? 0)
  if (id <= 0) return undefined
  if (chats.find(chat, id)) return id
  if (reply?.allow_sending_without_reply ?? flag(params, 'allow_sending_without_reply')) return undefined
  throw badRequest('message to be replied not found')
}
