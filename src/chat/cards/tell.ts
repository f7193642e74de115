import { isOwn } from '../broadcast-to-others.ts'
import type { ChatContext } from '../context.ts'
import { deliveriesFor, editFor, type NewChatDelivery } from '../delivery.ts'
import type { Attachment, Message } from '../message.ts'
import { nameProject } from '../name-project.ts'
import { renderCard } from '../render/card.ts'
import type { ChatRef } from '../transport.ts'
import { type Card, cardSlot, type KeptCard, openButtons } from './card.ts'

/** Puts a card into the stored queue of deliveries. The same id a second time says nothing more, and is false. */
export type TellCard = (card: Card, document?: Attachment) => boolean

/**
 * Makes it. To be called inside the transaction that notes the matter as announced: what is said and that it was said are
 * then stored together.
 */
export function createTellCard(chat: ChatContext): TellCard {
  const { cards, deps, chats, sounding } = chat
  return (told, document) => {
    if (cards.get(told.id)) return false
    const card: KeptCard = deps.redact({ ...told, outcomes: [], claims: {} })
    const message = { ...shown(chat, card), ...(document && { document: deps.redact(document) }) }
    const occasion = message.silent ? 'news' : 'needed'
    const { askedBy } = card
    const own = askedBy ? chats.filter((chatId) => isOwn(chat, askedBy, chatId)) : []
    const shownIn = (chatId: ChatRef): Message =>
      own.length > 0 && !own.includes(chatId) ? { ...message, silent: true } : sounding(message, occasion, chatId)
    cards.put(card)
    deps.store.deliveries.enqueue(
      chats.flatMap((chatId) => deliveriesFor(chatId, shownIn(chatId), { slot: cardSlot(card.id), urgent: true })),
      deps.now(),
    )
    // Only when it is stored.
    setImmediate(chat.wake)
    return true
  }
}

/** Makes every message of a card show it as it is now. */
export function refreshCard(chat: ChatContext, card: KeptCard): NewChatDelivery[] {
  const { chats, deps } = chat
  const slot = cardSlot(card.id)
  const { messageIn, isWaiting } = deps.store.deliveries
  return chats
    .filter((chatId) => messageIn(chatId, slot) !== undefined || isWaiting(chatId, slot))
    .map((chatId) => editFor(chatId, { slot }, shown(chat, card), { urgent: true }))
}

const shown = (chat: ChatContext, card: KeptCard) =>
  nameProject(chat, card.project, renderCard(card, openButtons(card), chat.moment()))
