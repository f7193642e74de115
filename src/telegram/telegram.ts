import { setTimeout as sleep } from 'node:timers/promises'
import type { Update } from 'grammy/types'
import { createTellCard, type TellCard } from '../chat/cards/tell.ts'
import { createChatContext } from '../chat/context.ts'
import { deliveriesFor } from '../chat/delivery.ts'
import { createEventFeed } from '../chat/event-feed.ts'
import { createHandler } from '../chat/handler.ts'
import { createMemory } from '../chat/memory.ts'
import type { TelegramDeps } from '../chat/ports.ts'
import { createProgress } from '../chat/progress.ts'
import { createReminders } from '../chat/reminders.ts'
import { renderOwnId } from '../chat/render/notice.ts'
import { withholdBinding } from '../chat/withhold-approval.ts'
import { shortened } from '../core/text.ts'
import { admit } from './access.ts'
import { createTapAnswerer } from './answer-callback.ts'
import { connectTelegram } from './connection.ts'
import { createDownload } from './download.ts'
import { createOutbox } from './outbox.ts'
import { createPoller } from './poller.ts'
import { registerCommands } from './register.ts'

/** The bot. */
export interface Telegram {
  start: () => void
  /** Ends polling, lets handlers and calls finish for a moment, and keeps everything else for the next life. */
  stop: () => Promise<void>
  health: () => { ok: boolean; lastPollAgeMs: number | null }
  /** Says something with buttons to everybody; to be called inside of the transaction that notes it as told. */
  tellCard: TellCard
  /** Says at once, and without the database, what nothing can be stored about any more. */
  alarm: (text: string) => Promise<void>
}

const LONGEST_ALARM = 4_000
const ALARM_TRIES = 5
const ALARM_PAUSE_MS = 1_000

const OUTBOX_GRACE_MS = 1_000

/** Builds the bot; it does nothing before `start`. */
export function createTelegram(deps: TelegramDeps): Telegram {
  const { token, apiRoot, log } = deps
  const { updates, meta, deliveries } = deps.store
  const server = { token, ...(apiRoot !== undefined && { apiRoot }) }
  const api = connectTelegram(server)
  const memory = createMemory(meta)
  const onTrouble = (part: string) => (text: string | undefined) => {
    if (text === undefined) log.info({ part }, 'Telegram works again')
    else log.warn({ part }, text)
  }
  const outbox = createOutbox({
    api,
    store: deliveries,
    onTrouble: onTrouble('sending'),
    ...(deps.onShipped && { onShipped: deps.onShipped }),
    onDropped: (delivery, reason, error) => {
      if (reason !== 'blocked' || chat.closed.close(delivery.chatId))
        log.warn({ chatId: delivery.chatId, slot: delivery.slot, reason }, `A message was given up: ${error}`)
      if (delivery.shipment.kind === 'document') withholdBinding(chat)
    },
  })
  const chat = createChatContext(deps, memory, () => outbox.wake())
  const progress = createProgress(chat)
  const stream = createEventFeed(chat, progress.nudge)
  const reminders = createReminders(chat)
  const stopping = new AbortController()
  const strangers = new Set<string>()
  const handler = createHandler(chat, {
    answerTap: createTapAnswerer(api, (text) => log.warn({}, text)),
    download: createDownload({ api, ...server }),
    botName: async () => (await api.getMe()).username,
  })

  const tellId = (update: Update, chatId: number, userId: number) => {
    meta.transaction(() => {
      deliveries.enqueue(deliveriesFor(chatId, renderOwnId(userId)), deps.now())
      updates.handled(update.update_id, deps.now())
    })
    outbox.wake()
  }
  const noteStranger = (userId: number | undefined, chatId: number | undefined) => {
    const who = `${userId} ${chatId}`
    // Once each, and no endless list of them either.
    if (strangers.has(who) || strangers.size >= 1_000) return
    strangers.add(who)
    log.warn({ userId, chatId }, 'Somebody who is not allowed wrote to the bot')
  }

  const sendAlarm = async (chatId: number, text: string) => {
    for (let tries = 1; ; tries++) {
      try {
        await api.sendMessage(chatId, shortened(text, LONGEST_ALARM))
        return
      } catch (error) {
        log.warn({ chatId }, `An alarm could not be sent: ${String(error)}`)
        if (tries === ALARM_TRIES || stopping.signal.aborted) return
        await sleep(ALARM_PAUSE_MS * tries, undefined, { ref: false })
      }
    }
  }

  const poller = createPoller({
    api,
    storeUpdate: (update) => updates.store(update.update_id, update, deps.now()),
    unhandled: updates.unhandled,
    handle: (update) => {
      const admission = admit(update, deps.allowedUsers, deps.config.chats)
      if (admission.kind === 'allowed') return handler.handle(update, admission)
      if (admission.kind === 'tell-id') return tellId(update, admission.chatId, admission.userId)
      noteStranger(admission.userId, admission.chatId)
    },
    handled: (updateId) => {
      if (!handler.isUnderWay(updateId)) updates.handled(updateId, deps.now())
    },
    onHandlerError: (error, update) =>
      log.error({ err: error, updateId: update.update_id }, 'An update could not be handled'),
    onTrouble: (text) => {
      onTrouble('polling')(text)
      deps.say?.(text === undefined ? 'Telegram works again.' : `The bot hears nothing: ${text}`)
      if (text === undefined) outbox.resume()
    },
  })

  return {
    start: () => {
      outbox.start()
      progress.start()
      stream.start()
      reminders.start()
      poller.start()
      void registerCommands(api, stopping.signal)
    },
    stop: async () => {
      stopping.abort()
      await poller.stop()
      await handler.settle()
      reminders.stop()
      progress.stop()
      await stream.stop()
      await outbox.stop(OUTBOX_GRACE_MS)
    },
    health: poller.health,
    tellCard: createTellCard(chat),
    alarm: async (text) => {
      await Promise.all(chat.chats.map((chatId) => sendAlarm(chatId, `⚠️ ${text}`)))
    },
  }
}
