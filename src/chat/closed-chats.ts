import type { ChatRef } from './transport.ts'
/** Chats that refused a message not long ago: whoever blocked the bot is not written to at the pace of progress. */
export interface ClosedChats {
  /** True when it was open until now. */
  close: (chatId: ChatRef) => boolean
  /** Somebody wrote there. */
  open: (chatId: ChatRef) => void
  isClosed: (chatId: ChatRef) => boolean
}

/** After this a chat is tried again; asks and ends are always tried. */
const CLOSED_FOR_MS = 600_000

/** Makes the list; it is not stored, since one try after a start does no harm. */
export function createClosedChats(now: () => number = () => performance.now()): ClosedChats {
  const until = new Map<ChatRef, number>()
  const isClosed = (chatId: ChatRef) => (until.get(chatId) ?? 0) > now()
  return {
    close: (chatId) => {
      const wasOpen = !isClosed(chatId)
      until.set(chatId, now() + CLOSED_FOR_MS)
      return wasOpen
    },
    open: (chatId) => {
      until.delete(chatId)
    },
    isClosed,
  }
}
