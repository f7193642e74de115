import { closedReply } from '../core/asks.ts'
import type { Around } from './context.ts'
import { editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import type { Message } from './message.ts'
import { renderAsk } from './render/ask.ts'
import { escapeHtml } from './render/rich.ts'
import { putAsk } from './reshow-missing-asks.ts'
import { askSlot, askView } from './show-ask.ts'
import type { Turn } from './update-context.ts'

/** Shows an open ask once more at the end of the chat, and takes the buttons from the message before; or says why not. */
export async function showAgain(around: Around, turn: Turn, askId: string): Promise<string | undefined> {
  const { deps } = around
  const meant = askById(around, askId, turn.chatId)
  if ('refused' in meant) {
    const ask = deps.face.view.ask(askId)
    return meant.refused === 'closed' && ask ? deps.redact(closedReply(ask).text) : meant.refused
  }
  const before = deps.store.deliveries.messageIn(turn.chatId, askSlot(askId))
  if (before !== undefined) {
    const message = renderAsk(await askView(around, meant.ask, meant.shown.dialogs[turn.chatId]), around.moment())
    turn.put(editFor(turn.chatId, { messageId: before }, movedBelow(message), { urgent: true }))
  }
  await putAsk(around, turn, meant.ask)
  return undefined
}

function movedBelow({ buttons: _, html, plain, ...rest }: Message): Message {
  const note = '\n\n👇 Shown again below.'
  return { ...rest, html: html + escapeHtml(note), plain: plain + note }
}
