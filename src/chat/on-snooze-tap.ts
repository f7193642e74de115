import { clockTime } from '../text/times.ts'
import { reminderSlot } from './beside-ask.ts'
import type { Tap } from './callback.ts'
import { cardAsking, onSnoozeThereTap } from './cards/snooze-there.ts'
import type { ChatContext } from './context.ts'
import { editFor } from './delivery.ts'
import { askById } from './find-ask.ts'
import { nameProject } from './name-project.ts'
import { snoozeRows } from './render/buttons.ts'
import { renderNotice } from './render/notice.ts'
import { askMessage, askSlot, refreshAsk } from './show-ask.ts'
import type { AnswerThisTap, UpdateContext } from './update-context.ts'

/** Asks when to remind of an ask, in the place of its buttons, and notes it. */
export async function onSnoozeTap(
  chat: ChatContext,
  ctx: UpdateContext,
  { askId, until }: Extract<Tap, { kind: 'snooze' }>,
  answer: AnswerThisTap,
): Promise<void> {
  const there = cardAsking(chat, askId)
  if (there) return onSnoozeThereTap(chat, ctx, { card: there, until }, answer)
  const meant = askById(chat, askId, ctx.chatId)
  if ('refused' in meant)
    return answer(meant.refused === 'closed' ? 'This has already been decided.' : meant.refused, true)
  const { ask, shown } = meant
  const here = { messageId: ctx.messageId }
  if (until === 'back') {
    ctx.put(await refreshAsk(chat, ask, { chatId: ctx.chatId, target: here }))
    return answer()
  }
  if (until === undefined) {
    const message = await askMessage(chat, ask, shown.dialogs[ctx.chatId])
    ctx.put(editFor(ctx.chatId, here, { ...message, buttons: snoozeRows(askId) }, { urgent: true }))
    return answer()
  }
  const target = { askId, hash: shown.hash }
  const reply = await ctx.submit({ type: 'snooze', target, for: until }, ask.queue)
  if (!reply.ok) return answer(reply.text, true)
  const text = `Snoozed until ${clockTime(Number(reply.data?.until), chat.moment())}.`
  answer(text)
  // The ask's own message and its reminder follow the event.
  const slot = chat.deps.store.deliveries.slotOf(ctx.chatId, ctx.messageId)
  if (slot === askSlot(askId) || slot === reminderSlot(askId)) return
  const notice = nameProject(chat, ask.queue, renderNotice(text, { mark: '💤' }))
  ctx.put(editFor(ctx.chatId, here, notice, { urgent: true }))
}
