import type { RepliedTo } from '../chat/incoming.ts'
import type { ChatRef, MessageRef } from '../chat/transport.ts'
import type { KeptMessage } from './heard-event.ts'

/** Discord's ids begin with the time since 2015. */
export const snowflakeAt = (at: number): string => String(BigInt(Math.max(0, at - 1_420_070_400_000)) << 22n)

/** Where something happened: the chat, the channel itself, and the thread where it is one. */
export interface HeardIn {
  chatId: ChatRef
  channel: string
  thread?: MessageRef
}

/** The message that somebody replied to, or whose thread they wrote in. */
export function repliedIn(
  { repliedTo }: KeptMessage,
  { thread }: HeardIn,
  ref: (id: string) => MessageRef,
): RepliedTo | undefined {
  if (repliedTo) return { messageId: ref(repliedTo.id), isFromBot: repliedTo.isFromBot, buttons: repliedTo.buttons }
  // A thread has the id of the message that it hangs on.
  return thread === undefined ? undefined : { messageId: thread, isFromBot: true, buttons: [], isThread: true }
}
