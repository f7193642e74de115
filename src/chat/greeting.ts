import { commandIn } from './commands/table.ts'
import type { ChatContext } from './context.ts'
import type { Incoming } from './incoming.ts'
import { renderGreeting } from './render/greeting.ts'
import { renderNotice } from './render/notice.ts'
import type { UpdateContext } from './update-context.ts'

const TOO_EARLY = 'Messages sent before Baton was first started were ignored. Send them again if they still matter.'

/**
 * Greets a chat at its first message. A platform's own button to open a chat writes /start, and nobody who presses it means
 * to have code run; the same goes for what was written before there was anybody to obey. True when the message counts.
 */
export async function greet(chat: ChatContext, ctx: UpdateContext, { deed, sentAt }: Incoming): Promise<boolean> {
  // Who taps has been spoken to.
  if (deed.kind === 'tap' || deed.kind === 'form' || deed.kind === 'reaction') return true
  const { memory, deps } = chat
  const isEarly = sentAt !== undefined && sentAt + 1_000 <= memory.since()
  const isFirst = !memory.isGreeted(ctx.chatId)
  const wasEarly = memory.isGreetedEarly(ctx.chatId)
  const command = deed.kind === 'words' ? commandIn(deed)?.name : undefined
  // Words without a command are mostly a hello; a file, a reply and every other command is meant.
  const isHello = deed.kind === 'words' && command === undefined && deed.repliedTo === undefined
  const opens = command === 'start' || isHello
  // The word that init asks for to learn who writes: it has been answered, and START is still to be greeted.
  if (isEarly && isHello) return false
  // Who wrote before there was a daemon has not pressed START yet: that is still to greet and to start nothing.
  if (isFirst && (!wasEarly || (opens && !isEarly)))
    ctx.say(renderGreeting(deps.redact((await deps.greeting?.()) ?? { projects: [] })))
  if (isFirst) ctx.later(() => (isEarly ? memory.setGreetedEarly(ctx.chatId) : memory.setGreeted(ctx.chatId)))
  if (isEarly) {
    if (command !== 'start') ctx.say(renderNotice(TOO_EARLY))
    return false
  }
  return !isFirst || !opens
}
