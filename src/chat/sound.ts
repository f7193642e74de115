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
 * group is silent as long as everybody gets it in a chat of their own, and so is a chat whose people all hear it elsewhere.
 */
export function sounding(
  {
    config,
    chats,
    groups = [],
    audienceOf,
    hearingOf,
  }: Pick<ChatDeps, 'config' | 'chats' | 'groups' | 'audienceOf' | 'hearingOf'>,
  { isClosed }: Pick<ClosedChats, 'isClosed'>,
  isQuiet: () => boolean,
): (message: Message, occasion: Occasion, chatId: ChatRef) => Message {
  const own = chats.filter((chatId) => !groups.includes(chatId))
  const isHeardElsewhere = (chatId: ChatRef) =>
    groups.includes(chatId) && own.length > 0 && !own.some((each) => isClosed(each))
  const isLoudFor = (personId: string, occasion: Occasion) => {
    const { isElsewhere = false, sound = config.sound } = hearingOf?.(personId) ?? {}
    return !isElsewhere && LOUD[sound].includes(occasion)
  }
  return (message, occasion, chatId) => {
    const { hearers: _, ...shown } = message
    if (isHeardElsewhere(chatId) || isQuiet()) return { ...shown, silent: true }
    if (!audienceOf) return { ...shown, silent: !LOUD[config.sound].includes(occasion) }
    const hearers = audienceOf(chatId).filter((personId) => isLoudFor(personId, occasion))
    return hearers.length > 0 ? { ...shown, silent: false, hearers } : { ...shown, silent: true }
  }
}
