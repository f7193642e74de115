import type { Ask, ChatSurface } from '../core/types.ts'
import type { ClosedChats } from './closed-chats.ts'
import type { Message } from './message.ts'
import type { ChatDeps } from './ports.ts'
import type { ChatRef } from './transport.ts'
import { deciding } from './who-decides.ts'

/** What a message is about: a decision that is needed, the end of a run, the end of a task, or anything else. */
export type Occasion = 'needed' | 'run-end' | 'task-end' | 'news'

/** The message as it sounds in a chat; `ask`: whose decision it asks for. */
export type Sounding = (message: Message, occasion: Occasion, chatId: ChatRef, ask?: Pick<Ask, 'deciders'>) => Message

const LOUD: Record<ChatDeps['config']['sound'], readonly Occasion[]> = {
  needed: ['needed', 'run-end'],
  ends: ['needed', 'run-end', 'task-end'],
  all: ['needed', 'run-end', 'task-end', 'news'],
}

/**
 * The message as it sounds in a chat: as many sounds as decisions, and one for the end, however many groups there are. A
 * group is silent as long as everybody gets it in a chat of their own, and so is a chat whose people all hear it elsewhere.
 * An ask is heard by those alone who may decide it.
 */
export function sounding(
  {
    config,
    chats,
    groups = [],
    audienceOf,
    hearingOf,
    membersOf,
    groupsOf,
    listenedTo = [],
  }: Pick<
    ChatDeps,
    'config' | 'chats' | 'groups' | 'audienceOf' | 'groupsOf' | 'listenedTo' | 'hearingOf' | 'membersOf'
  >,
  surface: ChatSurface,
  { isClosed }: Pick<ClosedChats, 'isClosed'>,
  isQuiet: () => boolean,
): Sounding {
  const own = chats.filter((chatId) => !groups.includes(chatId))
  const isHeardElsewhere = (chatId: ChatRef) =>
    groups.includes(chatId) && own.length > 0 && !own.some((each) => isClosed(each))
  const isLoudFor = (personId: string, occasion: Occasion) => {
    const { isElsewhere = false, sound = config.sound } = hearingOf?.(personId) ?? {}
    return !isElsewhere && LOUD[sound].includes(occasion)
  }
  return (message, occasion, chatId, ask) => {
    const { hearers: _, ...shown } = message
    if (isHeardElsewhere(chatId) || isQuiet()) return { ...shown, silent: true }
    if (!audienceOf) return { ...shown, silent: !LOUD[config.sound].includes(occasion) }
    // Where several read, a group is named as the group, and not its people too.
    const known = groups.includes(chatId) ? undefined : groupsOf
    const who = ask && deciding({ ...(membersOf && { membersOf }), ...(known && { groupsOf: known }) }, surface, ask)
    const people = audienceOf(chatId).filter(
      (personId) => (who?.mayDecide(personId) ?? true) && isLoudFor(personId, occasion),
    )
    // What is no ask is for those who are named one by one, unless nobody is.
    const groupsMeant = ask ? (who?.groups ?? listenedTo) : audienceOf(chatId).length === 0 ? listenedTo : []
    const isHeardByGroups = groups.includes(chatId) && LOUD[config.sound].includes(occasion)
    const hearers = [...people, ...(isHeardByGroups ? groupsMeant : [])]
    return hearers.length > 0 ? { ...shown, silent: false, hearers } : { ...shown, silent: true }
  }
}
