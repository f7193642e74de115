import type { ChatContext } from './context.ts'
import type { Message } from './message.ts'
import { renderNotice } from './render/notice.ts'
import type { UpdateContext } from './update-context.ts'

/** Opens the reply field: the next words in this chat, or a reply to this message, are meant for `slot`. */
export function openReplyField(
  { memory }: ChatContext,
  ctx: UpdateContext,
  { slot, message }: { slot: string; message: Message },
): void {
  ctx.say(message, { slot })
  ctx.later(() => memory.setAwaited(ctx.chatId, { slot, userId: ctx.by.id }))
}

/** A message that asks for words. */
export function wordsWanted(text: string, placeholder: string): Message {
  return { ...renderNotice(text, { mark: '✏️', silent: true }), asksForReply: placeholder }
}
