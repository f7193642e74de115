import { askInSlot } from './ask-in-slot.ts'
import type { ChatContext } from './context.ts'
import type { Incoming } from './incoming.ts'

/** Messages of ours that take words which are not addressed to Baton. */
const TAKES_WORDS = /^(change|say|add|card):/

/**
 * People talk with each other where Baton is, too: what does not call it by its name counts only where it was asked for, in the
 * thread of an open ask or by somebody whose words are waited for. Everything else is left alone, without a word.
 */
export function isNoneOfOurs({ deps, memory }: ChatContext, { deed, chatId, by }: Incoming): boolean {
  if ((deed.kind !== 'words' && deed.kind !== 'file') || !deed.isOverheard) return false
  if (memory.awaited(chatId)?.userId === by.id) return false
  const replied = deed.repliedTo?.messageId
  const slot = replied === undefined ? undefined : deps.store.deliveries.slotOf(chatId, replied)
  const ask = askInSlot(slot)
  if (ask) return deps.api.view.ask(ask.askId)?.state !== 'open'
  return slot === undefined || !TAKES_WORDS.test(slot)
}
