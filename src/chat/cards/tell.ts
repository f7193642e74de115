import { isPhone } from '../../core/commands/where-from.ts'
import type { Actor } from '../../core/types.ts'
import { isOwn } from '../broadcast-to-others.ts'
import type { ChatContext } from '../context.ts'
import { deleteFor, deliveriesFor, editFor, type NewChatDelivery } from '../delivery.ts'
import { hasMessage } from '../has-message.ts'
import type { Attachment, Message } from '../message.ts'
import { nameProject } from '../name-project.ts'
import { renderCard } from '../render/card.ts'
import type { ChatRef } from '../transport.ts'
import { type Card, type CardBoard, cardSlot, type KeptCard, openButtons } from './card.ts'

/** Puts a card into the stored queue of deliveries. The same id a second time says nothing more, and is false. */
export type TellCard = (card: Card, document?: Attachment) => boolean

/** Puts a card that is new into the queue of one platform's chats. */
export type ShowCard = (card: KeptCard, document?: Attachment) => void

/**
 * Makes it for the chats of all platforms. To be called inside the transaction that notes the matter as announced: what is said
 * and that it was said are then stored together.
 */
export function createTellCard({
  cards,
  chats,
  redact,
}: {
  cards: CardBoard
  chats: readonly { showCard: ShowCard }[]
  redact: <T>(value: T) => T
}): TellCard {
  return (told, document) => {
    if (cards.get(told.id)) return false
    const card: KeptCard = redact({ ...told, outcomes: [], claims: {} })
    cards.put(card)
    for (const { showCard } of chats) showCard(card, document && redact(document))
    return true
  }
}

/** Makes it for the chats of one platform, and keeps their messages as the cards are. */
export function createShowCard(chat: ChatContext): ShowCard {
  const { cards, deps, sounding } = chat
  cards.onShow((card) => {
    deps.store.deliveries.enqueue(refreshCard(chat, card), deps.now())
    setImmediate(chat.wake)
  })
  return (card, document) => {
    const message = { ...cardMessage(chat, card), ...(document && { document }) }
    const occasion = card.isReceipt ? 'task-end' : message.silent ? 'news' : 'needed'
    const own = card.askedBy ? ownChats(chat, card.askedBy) : undefined
    const shownIn = (chatId: ChatRef): Message =>
      own && !own.includes(chatId) ? { ...message, silent: true } : sounding(message, occasion, chatId)
    const slot = cardSlot(card.id)
    const before = (chatId: ChatRef) =>
      card.reminds !== undefined && hasMessage(chat, chatId, slot) ? [deleteFor(chatId, { slot })] : []
    deps.store.deliveries.enqueue(
      [...new Set([...chat.chats, ...(own ?? [])])].flatMap((chatId) => {
        const replyTo = card.reminds && deps.store.deliveries.messageIn(chatId, cardSlot(card.reminds))
        return [
          ...before(chatId),
          ...deliveriesFor(chatId, shownIn(chatId), { slot, urgent: true, ...(replyTo && { replyTo }) }),
        ]
      }),
      deps.now(),
    )
    // Only when it is stored.
    setImmediate(chat.wake)
  }
}

/** Where the one who asked hears the answer; undefined: nobody here or elsewhere asked for it in a chat. */
function ownChats(chat: ChatContext, askedBy: Actor): ChatRef[] | undefined {
  const own = chat.deps.chats.filter((chatId) => isOwn(chat, askedBy, chatId))
  return own.length > 0 || (isPhone(askedBy) && askedBy.surface !== chat.transport.name) ? own : undefined
}

/** Makes every message of a card show it as it is now. */
function refreshCard(chat: ChatContext, card: KeptCard): NewChatDelivery[] {
  const slot = cardSlot(card.id)
  return chat.deps.chats
    .filter((chatId) => hasMessage(chat, chatId, slot))
    .map((chatId) => editFor(chatId, { slot }, cardMessage(chat, card), { urgent: true }))
}

/** The message of a card as it is now. */
export const cardMessage = (chat: ChatContext, card: KeptCard): Message =>
  nameProject(chat, card.project, renderCard(card, openButtons(card), chat.moment()))
