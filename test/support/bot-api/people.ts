import type { Chat } from './chats.ts'
import { type ChatMessage, type Conversation, latest, type TapRecord } from './conversation.ts'
import type { Entity } from './html.ts'
import type { World } from './world.ts'

export interface Tap {
  record: TapRecord
  /** What the person is told when the bot answers; rejects when it never does. */
  answer: (withinMs?: number) => Promise<NonNullable<TapRecord['answer']>>
}

interface Where {
  /** A group; default: the private chat with the bot. */
  chat?: number
}

/** Somebody with a phone. Each act returns what the server made of it. */
export interface Person {
  id: number
  name: string
  /** `quoted`: what somebody else wrote, forwarded or sent through another bot. */
  says: (text: string, options?: Where & { replyTo?: number; quoted?: 'forwarded' | 'via' }) => ChatMessage
  replies: (messageId: number, text: string, options?: Where) => ChatMessage
  /** Taps a button that is there now: by its words (on the newest message that has it) or on the message given. */
  taps: (button: string, options?: Where & { message?: number }) => Tap
  /** Sends callback data that no button of the message needs to have, as a changed client can. */
  forges: (data: string, messageId: number, options?: Where) => Tap
  sends: (
    file: { kind?: 'document' | 'photo'; name: string; content: string | Buffer; caption?: string },
    options?: Where & { replyTo?: number },
  ) => ChatMessage
  deletes: (messageId: number, options?: Where) => void
  blocks: () => void
  unblocks: () => void
  sees: (options?: Where) => Conversation
}

const QUOTED = {
  forwarded: { forward_origin: { type: 'hidden_user', sender_user_name: 'Eve', date: 1_763_000_000 } },
  via: { via_bot: { id: 666, is_bot: true, first_name: 'Inline', username: 'inline_bot' } },
}

/** Makes a person who acts in `world`. */
export function createPerson(
  world: World,
  { id, name, username }: { id: number; name: string; username?: string },
): Person {
  const { chats, updates, files } = world
  const user = { id, is_bot: false, first_name: name, ...(username !== undefined && { username }), language_code: 'en' }
  const from = { id, name, isBot: false }
  const chatOf = (where: Where | undefined): Chat => {
    const chat = chats.get(where?.chat ?? id)
    if (!chat) throw new Error(`${name} is in no chat ${where?.chat ?? id}`)
    return chat
  }
  const existing = (chat: Chat, messageId: number): ChatMessage => {
    const message = chats.find(chat, messageId)
    if (!message) throw new Error(`${name} sees no message ${messageId}`)
    return message
  }
  const arrive = (chat: Chat, message: ChatMessage, more: object = {}): ChatMessage => {
    chat.started = true
    // In groups a bot with privacy mode hears only commands and replies to itself.
    const repliesToBot = message.replyTo !== undefined && existing(chat, message.replyTo).from.isBot
    const heard = chat.type === 'private' || latest(message).text.startsWith('/') || repliesToBot
    if (heard) updates.push({ message: { ...chats.wire(chat, message), from: user, ...more } })
    return message
  }
  const says: Person['says'] = (text, options) => {
    const chat = chatOf(options)
    const replyTo = options?.replyTo
    return arrive(
      chat,
      chats.post(chat, {
        from,
        silent: false,
        text,
        entities: commandEntities(text),
        ...(replyTo !== undefined && { replyTo }),
      }),
      options?.quoted && QUOTED[options.quoted],
    )
  }
  const tap = (chat: Chat, message: ChatMessage, data: string, buttonText?: string): Tap => {
    const queryId = `4${String(world.taps.size + 1).padStart(17, '0')}`
    const record: TapRecord = {
      queryId,
      at: world.now(),
      chatId: chat.id,
      messageId: message.id,
      by: { id, name },
      data,
      ...(buttonText !== undefined && { buttonText }),
    }
    chat.taps.push(record)
    const answered = new Promise<NonNullable<TapRecord['answer']>>((resolve) => {
      world.taps.set(queryId, { tap: record, answered: resolve })
    })
    updates.push({
      callback_query: {
        id: queryId,
        from: user,
        message: chats.wire(chat, message),
        chat_instance: `c${chat.id}`,
        data,
      },
    })
    return {
      record,
      answer: (withinMs = 5_000) => {
        const { promise: late, reject } = Promise.withResolvers<never>()
        const timer = setTimeout(
          () => reject(new Error(`The tap on "${buttonText ?? data}" was not answered in ${withinMs} ms`)),
          withinMs,
        )
        return Promise.race([answered, late]).finally(() => clearTimeout(timer))
      },
    }
  }

  return {
    id,
    name,
    says,
    replies: (messageId, text, options) => says(text, { ...options, replyTo: messageId }),
    taps: (button, options) => {
      const chat = chatOf(options)
      const candidates = options?.message === undefined ? chat.messages.toReversed() : [existing(chat, options.message)]
      for (const message of candidates.filter((m) => m.deletedAt === undefined)) {
        const found = latest(message)
          .keyboard?.flat()
          .find((b) => b.text === button && b.callback_data !== undefined)
        if (found) return tap(chat, message, found.callback_data as string, found.text)
      }
      throw new Error(`${name} sees no button "${button}"; there are: ${buttonsOf(chat).join(', ') || 'none'}`)
    },
    forges: (data, messageId, options) => tap(chatOf(options), existing(chatOf(options), messageId), data),
    sends: (file, options) => {
      const chat = chatOf(options)
      const kind = file.kind ?? 'document'
      const stored = files.keep(
        file.name,
        typeof file.content === 'string' ? Buffer.from(file.content) : file.content,
        `${kind}s`,
      )
      const replyTo = options?.replyTo
      const message = chats.post(chat, {
        from,
        silent: false,
        text: file.caption ?? '',
        entities: [],
        file: { kind, name: file.name, size: stored.bytes.length, fileId: stored.id },
        ...(replyTo !== undefined && { replyTo }),
      })
      return arrive(chat, message)
    },
    deletes: (messageId, options) => {
      existing(chatOf(options), messageId).deletedAt = world.now()
    },
    blocks: () => {
      chatOf(undefined).blocked = true
    },
    unblocks: () => {
      chatOf(undefined).blocked = false
    },
    sees: (options) => chats.conversation(chatOf(options).id),
  }
}

/** Clients mark commands as such; bots find them by that mark. */
function commandEntities(text: string): Entity[] {
  return [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(?:@\w+)?/gi)].map((match) => ({
    type: 'bot_command',
    offset: match.index,
    length: match[0].length,
  }))
}

function buttonsOf(chat: Chat): string[] {
  return chat.messages.flatMap(
    (message) =>
      latest(message)
        .keyboard?.flat()
        .map((b) => `"${b.text}"`) ?? [],
  )
}
