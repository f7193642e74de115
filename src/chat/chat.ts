import { createOutbox } from '../outbox/outbox.ts'
import { type Alarm, createAlarm } from './alarm.ts'
import { createShowCard, type ShowCard } from './cards/tell.ts'
import { carryBy } from './carry.ts'
import { createChatContext } from './context.ts'
import { type ChatCall, deliveriesFor } from './delivery.ts'
import { createEventFeed } from './event-feed.ts'
import { createHandler } from './handler.ts'
import { hideInDeliveries } from './hide-in-deliveries.ts'
import type { Listener } from './incoming.ts'
import { nameEachPost } from './name-each-post.ts'
import type { ChatDeps } from './ports.ts'
import { createProgressMessages } from './progress.ts'
import { sendReceiptAgain } from './receipt-again.ts'
import { renderOwnId } from './render/notice.ts'
import type { Transport } from './transport.ts'
import { withholdBinding } from './withhold-approval.ts'

/** What is said in the chats of one transport, and how messages from there are handled. */
export interface Chat extends Listener {
  start: () => void
  /** When nothing is heard any more: lets what is under way finish for a moment, and keeps the rest for the next life. */
  stop: () => Promise<void>
  /** Says something with buttons to everybody here; to be called inside the transaction that notes it as announced. */
  showCard: ShowCard
  alarm: Alarm
}

const OUTBOX_GRACE_MS = 1_000

/** Builds it; it does nothing before `start`. */
export function createChat(given: ChatDeps, transport: Transport): Chat {
  const deps = hideInDeliveries(transport.findSent || transport.knowsKeys ? nameEachPost(given) : given)
  const { log } = deps
  const { updates, meta, deliveries } = deps.store
  const outbox = createOutbox<ChatCall>({
    carrier: carryBy(transport, deliveries),
    store: deliveries,
    onTrouble: (text) => {
      if (text === undefined) log.info({ part: 'sending' }, `${transport.name} works again`)
      else log.warn({ part: 'sending' }, text)
    },
    ...(deps.onShipped && { onShipped: deps.onShipped }),
    onDropped: (delivery, reason, error) => {
      if (reason !== 'blocked' || chat.closed.close(delivery.target))
        log.warn({ chatId: delivery.target, slot: delivery.slot, reason }, `Gave up on a message: ${error}`)
      if (delivery.content.kind === 'document') withholdBinding(chat)
      if (reason === 'gone') sendReceiptAgain(chat, delivery)
    },
  })
  const chat = createChatContext(deps, transport, () => outbox.wake())
  const progress = createProgressMessages(chat)
  const feed = createEventFeed(chat, progress.nudge)
  const handler = createHandler(chat)
  const stopping = new AbortController()

  return {
    hear: handler.handle,
    isUnderWay: handler.isUnderWay,
    introduce: ({ id, chatId, userId }) => {
      meta.transaction(() => {
        deliveries.enqueue(deliveriesFor(chatId, renderOwnId(userId, transport.allowedBy)), deps.now())
        updates.handled(id, deps.now())
      })
      outbox.wake()
    },
    recovered: outbox.resume,
    start: () => {
      chat.memory.begun(deps.now())
      outbox.start()
      progress.start()
      feed.start()
    },
    stop: async () => {
      stopping.abort()
      await handler.settle()
      progress.stop()
      await feed.stop()
      await outbox.stop(OUTBOX_GRACE_MS)
    },
    showCard: createShowCard(chat),
    alarm: createAlarm(deps, transport, stopping.signal),
  }
}
