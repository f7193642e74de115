import type { Chat, Update, User } from 'grammy/types'
import type { Actor } from '../core/types.ts'
import { shortened } from '../text/cut.ts'

/** Who may do what with an update. */
export type Admission =
  | { kind: 'allowed'; by: Actor; chatId: number }
  /** Nobody is allowed yet: people who write get their own id as the answer. */
  | { kind: 'tell-id'; userId: number; chatId: number }
  | { kind: 'stranger'; userId: number | undefined; chatId: number | undefined }

/**
 * Checks the person and the chat of an update: numeric ids alone, a private chat of an allowed user, or a configured
 * group with an allowed user in it.
 */
export function admit(update: Update, allowed: readonly number[], groups: readonly number[]): Admission {
  const message = update.message ?? update.edited_message
  const from = message?.from ?? update.callback_query?.from
  const chat = message?.chat ?? update.callback_query?.message?.chat
  if (!from || !chat || from.is_bot) return { kind: 'stranger', userId: from?.id, chatId: chat?.id }
  const isPrivate = chat.type === 'private' && chat.id === from.id
  if (allowed.length === 0 && isPrivate && update.message) return { kind: 'tell-id', userId: from.id, chatId: chat.id }
  const mayHere = isPrivate || (isGroup(chat) && groups.includes(chat.id))
  if (!allowed.includes(from.id) || !mayHere) return { kind: 'stranger', userId: from.id, chatId: chat.id }
  return { kind: 'allowed', by: actorOf(from), chatId: chat.id }
}

const isGroup = (chat: Chat) => chat.type === 'group' || chat.type === 'supergroup'

function actorOf({ first_name, last_name, id }: User): Actor {
  const name = shortened([first_name, last_name].filter(Boolean).join(' ').replace(/\s+/g, ' '), 60)
  return { surface: 'telegram', id: String(id), name: name || String(id) }
}
