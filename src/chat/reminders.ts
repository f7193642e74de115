import type { ChatContext } from './context.ts'
import { deliveriesFor } from './delivery.ts'
import { nameProject } from './name-project.ts'
import { isQuiet } from './quiet-hours.ts'
import { renderReminder } from './render/notice.ts'
import { askSlot } from './show-ask.ts'

const LOOK_EVERY_MS = 30_000

/** Says once again what has waited for an answer for long; a reminder without sound would be none, so quiet hours put it off. */
export function createReminders(chat: ChatContext): { start: () => void; stop: () => void } {
  const { deps, memory } = chat
  const { remindAfterMs, quietHours } = deps.config
  const { meta, deliveries } = deps.store
  let timer: NodeJS.Timeout | undefined

  const look = () => {
    const { now, zone } = chat.moment()
    if (isQuiet(quietHours, now, zone)) return
    for (const ask of deps.face.view.openAsks()) {
      const shown = memory.shown(ask.id)
      if (!shown || shown.reminded || now - ask.openedAt < remindAfterMs) continue
      const message = nameProject(chat, ask.queue, renderReminder(deps.redact(ask), chat.moment()))
      const rows = shown.chats.flatMap((chatId) => {
        const replyTo = deliveries.messageIn(chatId, askSlot(ask.id))
        return deliveriesFor(chatId, chat.sounding(message, 'needed', chatId), {
          slot: `other:${ask.id}`,
          urgent: true,
          ...(replyTo !== undefined && { replyTo }),
        })
      })
      meta.transaction(() => {
        deliveries.enqueue(rows, now)
        memory.setShown(ask.id, { ...shown, reminded: true })
      })
      chat.wake()
    }
  }

  return {
    start: () => {
      if (remindAfterMs <= 0) return
      timer = setInterval(
        () => {
          try {
            look()
          } catch (error) {
            deps.log.error({ err: error }, 'Could not store a reminder')
          }
        },
        Math.min(LOOK_EVERY_MS, Math.max(50, remindAfterMs / 4)),
      )
    },
    stop: () => clearInterval(timer),
  }
}
