import type { Reply } from '../../core/inputs.ts'
import { clockTime } from '../../text/times.ts'
import type { Snooze } from '../callback.ts'
import type { ChatContext } from '../context.ts'
import { editFor } from '../delivery.ts'
import { snoozeRows } from '../render/buttons.ts'
import type { AnswerThisTap, UpdateContext } from '../update-context.ts'
import { answerThere } from './answer-there.ts'
import type { KeptCard } from './card.ts'
import { cardMessage } from './tell.ts'

// When to remind of what another machine asks: that machine keeps the time, and its reminder is shown here.

/** The card on which another machine asks this, as long as nobody has decided it. */
export const cardAsking = ({ cards }: Pick<ChatContext, 'cards'>, askId: string): KeptCard | undefined =>
  cards.asking().find(({ asks }) => asks?.ask === askId)

/** Asks when to remind of it, in the place of its buttons. */
export function offerTimes(chat: ChatContext, ctx: UpdateContext, card: KeptCard): void {
  if (!card.asks) return
  const message = { ...cardMessage(chat, card), buttons: snoozeRows(card.asks.ask) }
  ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, message, { urgent: true }))
}

/** Says a time to the machine that asks. */
export async function snoozeThere(
  chat: ChatContext,
  ctx: UpdateContext,
  { to, until }: { to: NonNullable<KeptCard['asks']>; until: Snooze },
): Promise<Reply> {
  const reply = await answerThere(chat, ctx, to, { answer: { snooze: until } })
  const at = Number(reply.data?.until)
  return reply.ok && Number.isFinite(at) ? { ...reply, text: `Snoozed until ${clockTime(at, chat.moment())}.` } : reply
}

/** Handles a tap on a time that is shown in the place of a card's buttons. */
export async function onSnoozeThereTap(
  chat: ChatContext,
  ctx: UpdateContext,
  { card, until }: { card: KeptCard; until: Snooze | 'back' | undefined },
  answer: AnswerThisTap,
): Promise<void> {
  if (until === undefined || !card.asks) {
    offerTimes(chat, ctx, card)
    return answer()
  }
  const reply = until === 'back' ? undefined : await snoozeThere(chat, ctx, { to: card.asks, until })
  if (reply?.ok === false) return answer(chat.deps.redact(reply.text), true)
  ctx.put(editFor(ctx.chatId, { messageId: ctx.messageId }, cardMessage(chat, card), { urgent: true }))
  answer(reply?.text)
}
