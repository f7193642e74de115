import { decidersText } from '../core/asks/deciders.ts'
import type { Ask } from '../core/types.ts'
import { chatsToAsk, isDecidedIn } from './chats-to-ask.ts'
import type { ChatContext } from './context.ts'
import type { ShownAsk } from './memory.ts'
import { askSlot } from './show-ask.ts'
import { type ChatRef, isBefore, type MessageRef } from './transport.ts'

/** An ask as it was shown in a chat, or why there is none. */
export type FoundAsk = { ask: Ask; shown: ShownAsk } | { refused: string }
/** The same, or all candidates. */
export type FoundAsks = FoundAsk | { several: readonly Ask[] }

/** The ask of this id, if it is open and was shown in this chat. */
export function askById({ deps, memory }: ChatContext, askId: string, chatId: ChatRef): FoundAsk {
  const ask = deps.api.view.ask(askId)
  if (!ask) return { refused: 'There is no such question, or it was closed long ago.' }
  const shown = memory.shown(askId)
  if (ask.state !== 'open') return { refused: 'closed' }
  if (!shown?.chats.includes(chatId)) return { refused: 'This was not asked in this chat.' }
  return { ask, shown }
}

/**
 * The ask that a command without a button means: only one that was in this chat before the command was written, so that
 * nobody decides what they have not seen. `task` is its task's number and `queue` its project, where they were named.
 */
export function askBefore(
  chat: ChatContext,
  chatId: ChatRef,
  messageId: MessageRef,
  options: { task?: number; queue?: string; kinds?: Ask['kind'][] } = {},
): FoundAsks {
  const { task, queue, kinds } = options
  const { deps, memory } = chat
  const open = deps.api.view
    .openAsks()
    .filter((ask) => (task === undefined || ask.task === task) && (kinds === undefined || kinds.includes(ask.kind)))
    .filter((ask) => queue === undefined || ask.queue === queue)
  const seen = open.filter((ask) => {
    const at = deps.store.deliveries.messageIn(chatId, askSlot(ask.id))
    return at !== undefined && isBefore(at, messageId) && memory.shown(ask.id)?.chats.includes(chatId) === true
  })
  const [ask] = seen
  if (ask && seen.length === 1) return { ask, shown: memory.shown(ask.id) as ShownAsk }
  if (seen.length > 1) return { several: seen }
  const [other] = open
  if (other && open.every((ask) => !isMeantHere(chat, ask, chatId)))
    return { refused: `“${other.title}” was not asked in this chat. ${decidersText(other) ?? ''}`.trim() }
  if (open.length > 0) return { refused: 'A new question has just arrived. Look at it first, then decide.' }
  const where = task === undefined ? '' : ` about task ${task}`
  return { refused: `Nothing${where} is waiting for an answer.` }
}

/** It was, or is going to be, shown there, or may be decided there by whoever looks for it. */
const isMeantHere = (chat: ChatContext, ask: Ask, chatId: ChatRef): boolean =>
  isDecidedIn(chat, ask, chatId) || chatsToAsk(chat, ask).includes(chatId)
