import type { ClosedChats } from './closed-chats.ts'
import type { Message } from './message.ts'
import type { ChatDeps } from './ports.ts'
import type { ChatRef } from './transport.ts'

/** What a message is about: a decision that is needed, the end of a run, the end of a task, or anything else. */
export type Occasion = 'needed' | 'run-end' | 'task-end' | 'news'

const LOUD: Record<ChatDeps['config']['sound'], readonly Occasion[]> = {
  needed: ['needed', 'run-end'],
  ends: ['needed', 'run-end', 'task-end'],
  all: ['needed', 'run-end', 'task-end', 'news'],
}

/**
 * The message as it sounds in a chat: as many sounds as decisions, and one for the end, however many groups there are. A
 * group is silent as long as everybody gets it in a chat of their own.
 */
export function sounding(
  { config, chats, groups = [] }: Pick<ChatDeps, 'config' | 'chats' | 'groups'>,
  { isClosed }: Pick<ClosedChats, 'isClosed'>,
  isQuiet: () => boolean,
): (message: Message, occasion: Occasion, chatId: ChatRef) => Message {
  const own = chats.filter((chatId) => !groups.includes(chatId))
  const isHeardElsewhere = (chatId: ChatRef) =>
    groups.includes(chatId) && own.length > 0 && !own.some((each) => isClosed(each))
  return (message, occasion, chatId) =>
    LOUD[config.sound].includes(occasion) && !isHeardElsewhere(chatId) && !isQuiet()
      ? { ...message, silent: false }
      : { ...message, silent: true }
}
