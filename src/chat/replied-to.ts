import { decodeTap } from './callback.ts'
import type { ChatContext } from './context.ts'
import type { RepliedTo } from './incoming.ts'
import { askSlot } from './show-ask.ts'
import type { ChatRef, MessageRef } from './transport.ts'

/**
 * The message that is replied to, by the id under which it is known here. A copy that was sent in doubt got an id that never
 * came back: its own buttons, as the server gives them, say which ask it shows.
 */
export function repliedTo(
  { deps }: ChatContext,
  chatId: ChatRef,
  replied: RepliedTo | undefined,
): MessageRef | undefined {
  if (!replied) return undefined
  const { slotOf, messageIn } = deps.store.deliveries
  if (!replied.isFromBot || slotOf(chatId, replied.messageId) !== undefined) return replied.messageId
  const tap = replied.buttons.map(decodeTap).find((one) => one?.kind === 'choice' || one?.kind === 'question')
  return (tap && 'askId' in tap && messageIn(chatId, askSlot(tap.askId))) || replied.messageId
}
