import { hideIn } from '../text/document/hide.ts'
import type { ChatContext } from './context.ts'
import type { Message } from './message.ts'
import { renderNotice } from './render/notice.ts'
import type { UpdateContext } from './update-context.ts'

/** As much as the field of a form carries with it. */
const FORM_BYTES = 100

/**
 * Asks for words that are meant for `slot`: in a form, where the platform has them, else with a message that opens the reply
 * field. Then the next words in this chat, or a reply to that message, are the ones.
 */
export async function openReplyField(
  { memory, deps }: ChatContext,
  ctx: UpdateContext,
  { slot, message }: { slot: string; message: Message },
): Promise<void> {
  const { body, asksForReply: title = 'Your words' } = message
  const fits = Buffer.byteLength(slot) <= FORM_BYTES
  if (fits && (await ctx.openForm({ data: slot, title, body: hideIn(body, deps.redact) }))) return
  ctx.say(message, { slot })
  ctx.later(() => memory.setAwaited(ctx.chatId, { slot, userId: ctx.by.id }))
}

/** A message that asks for words. */
export function wordsWanted(text: string, placeholder: string): Message {
  return { ...renderNotice(text, { mark: '✏️', silent: true }), asksForReply: placeholder }
}
