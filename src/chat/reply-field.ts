import type { Around } from './context.ts'
import type { Message } from './message.ts'
import { renderNotice } from './render/notice.ts'
import type { Turn } from './update-context.ts'

/** Opens the reply field: the next words in this chat, or a reply to this message, are meant for `slot`. */
export function openReplyField(
  { memory }: Around,
  turn: Turn,
  { slot, message }: { slot: string; message: Message },
): void {
  turn.say(message, { slot })
  turn.later(() => memory.setAwaited(turn.chatId, { slot, userId: turn.userId }))
}

/** A message that asks for words. */
export function wordsWanted(text: string, placeholder: string): Message {
  return { ...renderNotice(text, { mark: '✏️', silent: true }), asksForReply: placeholder }
}
