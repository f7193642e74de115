import { closedReply } from '../core/asks/asks.ts'
import type { ChatContext } from './context.ts'
import { editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import type { Message } from './message.ts'
import { putAsk } from './reshow-missing-asks.ts'
import { askMessage, askSlot } from './show-ask.ts'
import type { UpdateContext } from './update-context.ts'

/** Shows an open ask once more at the end of the chat, and takes the buttons from the message before; or says why not. */
export async function showAgain(chat: ChatContext, ctx: UpdateContext, askId: string): Promise<string | undefined> {
  const { deps } = chat
  const meant = askById(chat, askId, ctx.chatId)
  if ('refused' in meant) {
    const ask = deps.api.view.ask(askId)
    return meant.refused === 'closed' && ask ? deps.redact(closedReply(ask).text) : meant.refused
  }
  const before = deps.store.deliveries.messageIn(ctx.chatId, askSlot(askId))
  if (before !== undefined) {
    const message = await askMessage(chat, meant.ask, meant.shown.dialogs[ctx.chatId])
    ctx.put(editFor(ctx.chatId, { messageId: before }, movedBelow(message), { urgent: true }))
  }
  await putAsk(chat, ctx, meant.ask)
  return undefined
}

function movedBelow({ buttons: _, body, ...rest }: Message): Message {
  return { ...rest, body: [...body, '\n\n👇 Shown again below.'] }
}
