import type { Ask } from '../core/types.ts'
import { isOwn } from './broadcast-to-others.ts'
import type { ChatContext } from './context.ts'
import type { ChatRef } from './transport.ts'
import { type Deciding, deciding } from './who-decides.ts'

/**
 * Where an ask is shown: where its run was started, and wherever somebody who may decide it gets messages. An ask that nobody
 * could decide in any chat is shown in all of them, so that it is not lost.
 */
export function chatsToAsk(chat: ChatContext, ask: Pick<Ask, 'runId' | 'deciders'>): readonly ChatRef[] {
  const { deps, transport } = chat
  const startedBy = deps.api.view.startedBy(ask.runId)
  const isStartedIn = (chatId: ChatRef) => startedBy !== undefined && isOwn(chat, startedBy, chatId)
  const who = deciding(deps, transport.name, ask)
  const isForNobody = who?.isOutOfReach === true
  return deps.chats.filter(
    (chatId) => isStartedIn(chatId) || (chat.chats.includes(chatId) && (isForNobody || isReadBy(chat, who, chatId))),
  )
}

/** Whether somebody who reads this chat may decide the ask, however they want to hear of it. */
export function isDecidedIn(chat: ChatContext, ask: Pick<Ask, 'deciders'>, chatId: ChatRef): boolean {
  return isReadBy(chat, deciding(chat.deps, chat.transport.name, ask), chatId)
}

/** Anybody may read what several read, so a group is asked there; in somebody's own chat it counts whether they are in it. */
function isReadBy({ deps }: ChatContext, who: Deciding | undefined, chatId: ChatRef): boolean {
  const { audienceOf = () => [], groups = [] } = deps
  return (
    who === undefined || (who.groups.length > 0 && groups.includes(chatId)) || audienceOf(chatId).some(who.mayDecide)
  )
}
