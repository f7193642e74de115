import type { ChatContext } from './context.ts'
import type { ChatRef } from './transport.ts'

/** Whether a message stands under this slot in a chat, or is about to be sent there. */
export function hasMessage({ deps }: Pick<ChatContext, 'deps'>, chatId: ChatRef, slot: string): boolean {
  const { messageIn, isWaiting } = deps.store.deliveries
  return messageIn(chatId, slot) !== undefined || isWaiting(chatId, slot)
}
