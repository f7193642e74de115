import type { Message as Incoming } from 'grammy/types'
import { decodeTap } from './callback.ts'
import type { ChatContext } from './context.ts'
import { askSlot } from './show-ask.ts'

/**
 * The message that is replied to, by the id under which it is known here. A copy that was sent in doubt got an id that never
 * came back: its own buttons, as the server gives them, say which ask it shows.
 */
export function repliedTo({ deps }: ChatContext, { chat, reply_to_message: replied }: Incoming): number | undefined {
  if (!replied) return undefined
  const { slotOf, messageIn } = deps.store.deliveries
  if (!replied.from?.is_bot || slotOf(chat.id, replied.message_id) !== undefined) return replied.message_id
  const buttons = replied.reply_markup?.inline_keyboard.flat() ?? []
  const taps = buttons.map((button) => ('callback_data' in button ? decodeTap(button.callback_data) : undefined))
  const tap = taps.find((one) => one?.kind === 'choice' || one?.kind === 'question')
  return (tap && 'askId' in tap && messageIn(chat.id, askSlot(tap.askId))) || replied.message_id
}
