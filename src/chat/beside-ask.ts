import type { Ask } from '../core/types.ts'
import type { ChatContext } from './context.ts'
import { editFor, type NewChatDelivery } from './delivery.ts'
import { hasMessage } from './has-message.ts'
import { nameProject } from './name-project.ts'
import { renderBeside } from './render/beside-ask.ts'
import type { ChatRef } from './transport.ts'

// Messages that are about an ask and are not its own: they, too, follow what becomes of it.

/** The newest reminder of an ask. */
export const reminderSlot = (askId: string) => `reminder:${askId}`

/** A question whether somebody's words were meant as the decision of this ask; without one, of several. */
export const offerSlot = (askId?: string) => (askId === undefined ? 'offers' : `offer:${askId}`)

export const isOffer = (slot: string | undefined): boolean => slot === 'offers' || slot?.startsWith('offer:') === true

/** What makes the messages beside an ask say what became of it: the decision, or until when it is snoozed. */
export function editsBeside(chat: ChatContext, ask: Ask, chatId: ChatRef): NewChatDelivery[] {
  const slots = ask.state === 'open' ? [reminderSlot(ask.id)] : [reminderSlot(ask.id), offerSlot(ask.id)]
  return slots
    .filter((slot) => hasMessage(chat, chatId, slot))
    .map((slot) => editFor(chatId, { slot }, besideAsk(chat, ask), { urgent: true }))
}

/** The ask in short, with what became of it. */
export const besideAsk = (chat: ChatContext, ask: Ask) =>
  nameProject(chat, ask.queue, renderBeside(chat.deps.redact(ask), chat.moment()))
