import type { Ask } from '../core/types.ts'
import { isDecidedIn } from './chats-to-ask.ts'
import type { ChatContext } from './context.ts'
import { hasMessage } from './has-message.ts'
import { askSlot, showAsk } from './show-ask.ts'
import type { UpdateContext } from './update-context.ts'

/**
 * Shows open asks that are not in the chat of somebody who has just written: one could not be delivered, it was deleted, or
 * they may decide it and get their messages on another platform. They look at the chat, so it makes no sound.
 */
export async function reshowMissingAsks(chat: ChatContext, ctx: UpdateContext): Promise<void> {
  const { deps, memory } = chat
  for (const ask of deps.api.view.openAsks()) {
    const slot = askSlot(ask.id)
    const isThere = hasMessage(chat, ctx.chatId, slot)
    // An ask that nobody here has been shown yet still comes with its event.
    const shown = memory.shown(ask.id)
    const isMeant = shown?.chats.includes(ctx.chatId) || (shown && isDecidedIn(chat, ask, ctx.chatId))
    if (!isThere && isMeant) await putAsk(chat, ctx, ask)
  }
}

/** Puts the message of an open ask into the turn, unless it is decided before the turn ends. */
export async function putAsk(chat: ChatContext, ctx: UpdateContext, ask: Ask): Promise<void> {
  const { deps, memory } = chat
  const { deliveries, shown } = await showAsk(chat, ask, [ctx.chatId], { silent: true })
  ctx.later(() => {
    if (deps.api.view.ask(ask.id)?.state !== 'open') return
    memory.setShown(ask.id, shown)
    ctx.put(...deliveries)
  })
}
