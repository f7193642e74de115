import type { SaidElsewhere } from '../../core/elsewhere.ts'
import type { Reply } from '../../core/inputs.ts'
import type { ChatContext } from '../context.ts'
import { isBefore, type MessageRef } from '../transport.ts'
import type { UpdateContext } from '../update-context.ts'
import { answerThere } from './answer-there.ts'
import { cardSlot, type KeptCard } from './card.ts'
import { endCard, isNotEnough } from './on-card-tap.ts'

/** Answers what another machine asks on a card. Undefined: no other machine asks on it. */
export async function answerCard(
  chat: ChatContext,
  ctx: UpdateContext,
  id: string,
  said: SaidElsewhere,
): Promise<Reply | undefined> {
  const { asks, claims } = chat.cards.get(id) ?? {}
  if (!asks || !claims) return undefined
  if (claims.all?.isDone) return { ok: false, code: 'closed', text: 'This has already been decided.' }
  const reply = await answerThere(chat, ctx, asks, said)
  if ((!reply.ok && reply.code !== 'closed') || isNotEnough(reply)) return reply
  const at = chat.deps.now()
  const outcome = reply.ok
    ? { mark: '✅', word: 'Answered', by: ctx.by, at, text: reply.text }
    : { mark: '⚪️', word: reply.text, at }
  endCard(chat, ctx, { cardId: id, key: 'all', outcome })
  return reply
}

/** The card in a slot, where another machine asks on it. */
export function cardInSlot({ cards }: Pick<ChatContext, 'cards'>, slot: string | undefined): KeptCard | undefined {
  const [, id] = /^card:(.*)$/s.exec(slot ?? '') ?? []
  const card = id === undefined ? undefined : cards.get(id)
  return card?.asks && card
}

/**
 * The card that a command without a button means: the one that it replies to, or the only one that was in this chat before
 * the command was written, where this machine itself asks nothing.
 */
export function cardMeant(
  chat: ChatContext,
  ctx: UpdateContext,
  replyTo: MessageRef | undefined,
): KeptCard | undefined {
  const { deliveries } = chat.deps.store
  if (replyTo !== undefined) {
    return cardInSlot(chat, deliveries.slotOf(ctx.chatId, replyTo))
  }
  if (chat.deps.api.view.openAsks().length > 0) return undefined
  const seen = chat.cards.asking().filter((card) => {
    const at = deliveries.messageIn(ctx.chatId, cardSlot(card.id))
    return at !== undefined && isBefore(at, ctx.messageId)
  })
  return seen.length === 1 ? seen[0] : undefined
}
