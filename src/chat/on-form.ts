import { wordOfReply } from './answer.ts'
import type { ChatContext } from './context.ts'
import type { Deed } from './incoming.ts'
import { takeWordsFor } from './on-message.ts'
import type { UpdateContext } from './update-context.ts'

/** Handles the words of a form: they are meant for what the form was opened for. */
export async function onForm(
  chat: ChatContext,
  ctx: UpdateContext,
  { data, text }: Extract<Deed, { kind: 'form' }>,
): Promise<void> {
  if (text.trim() === '') return ctx.answer('An answer cannot be empty.', true)
  const taken = await takeWordsFor(chat, ctx, data, text)
  if (!taken) return ctx.answer('Nothing is waiting for these words any more.', true)
  const { reply } = taken
  ctx.answer(reply && chat.deps.redact(wordOfReply(reply)), reply?.ok === false)
}
