import { setTimeout as sleep } from 'node:timers/promises'
import { askInSlot } from './ask-in-slot.ts'
import { cardInSlot } from './cards/answer-card.ts'
import type { ChatContext } from './context.ts'
import type { Incoming } from './incoming.ts'
import { askSlot } from './show-ask.ts'

const PATIENCE_MS = 3_000
const LOOK_MS = 50

/**
 * People see an ask before it is known here which message it is: the answer to its post is on its way, or was lost. What they say
 * or put there meanwhile waits for a moment, since it would mean nothing now.
 */
export async function untilAsksAreKnown({ deps }: ChatContext, { deed, chatId, messageId }: Incoming): Promise<void> {
  const { slotOf, isWaiting } = deps.store.deliveries
  const isWords = (deed.kind === 'words' || deed.kind === 'file') && deed.isOverheard
  const about = deed.kind === 'reaction' ? messageId : isWords ? deed.repliedTo?.messageId : undefined
  const isOnItsWay = () => deps.api.view.openAsks().some(({ id }) => isWaiting(chatId, askSlot(id)))
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(LOOK_MS)) {
    if (about === undefined || slotOf(chatId, about) !== undefined || !isOnItsWay()) return
  }
}

/** Messages of ours that take words which are not addressed to Baton. */
const TAKES_WORDS = /^(change|say|add|card):/

/**
 * People talk with each other where Baton is, too: what does not call it by its name counts only where it was asked for, in the
 * thread of an open ask or by somebody whose words are waited for. Everything else is left alone, without a word.
 */
export function isNoneOfOurs(chat: ChatContext, { deed, chatId, by }: Incoming): boolean {
  if ((deed.kind !== 'words' && deed.kind !== 'file') || !deed.isOverheard) return false
  const { deps, memory } = chat
  if (memory.awaited(chatId)?.userId === by.id) return false
  const replied = deed.repliedTo?.messageId
  const slot = replied === undefined ? undefined : deps.store.deliveries.slotOf(chatId, replied)
  const ask = askInSlot(slot)
  if (ask) return deps.api.view.ask(ask.askId)?.state !== 'open'
  if (cardInSlot(chat, slot)?.claims.all?.isDone) return true
  return slot === undefined || !TAKES_WORDS.test(slot)
}
