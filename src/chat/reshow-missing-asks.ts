import type { Ask } from '../core/types.ts'
import type { Around } from './context.ts'
import { askSlot, showAsk } from './show-ask.ts'
import type { Turn } from './update-context.ts'

/**
 * Shows what is asked and does not stand in the chat of somebody who has just written: it could not be delivered, or it
 * was deleted. They look at the chat, so it makes no sound.
 */
export async function showMissed(around: Around, turn: Turn): Promise<void> {
  const { deps, memory } = around
  const { deliveries } = deps.store
  for (const ask of deps.face.view.openAsks()) {
    const slot = askSlot(ask.id)
    const isThere = deliveries.messageIn(turn.chatId, slot) !== undefined || deliveries.isWaiting(turn.chatId, slot)
    // What nobody here was to be shown yet is still to be told with its event.
    if (!isThere && memory.shown(ask.id)?.chats.includes(turn.chatId)) await putAsk(around, turn, ask)
  }
}

/** Puts the message of an open ask into the turn, unless it is decided before the turn ends. */
export async function putAsk(around: Around, turn: Turn, ask: Ask): Promise<void> {
  const { deps, memory } = around
  const { deliveries, shown } = await showAsk(around, ask, [turn.chatId], { silent: true })
  turn.later(() => {
    if (deps.face.view.ask(ask.id)?.state !== 'open') return
    memory.setShown(ask.id, shown)
    turn.put(...deliveries)
  })
}
