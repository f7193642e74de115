import type { Update } from 'grammy/types'
import { type Chat, createChat } from '../chat/chat.ts'
import type { Shipment } from '../chat/delivery.ts'
import type { ChatDeps, PlanDesk, PlannedStart } from '../chat/ports.ts'
import { BOT_COMMANDS } from '../chat/render/help.ts'
import { saveToInbox } from '../chat/save-file.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import type { Redact } from '../redact/redact.ts'
import { redactValue } from '../redact/redact-value.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import { createTelegram, type Telegram, type TelegramDeps } from '../telegram/telegram.ts'
import { findTaskFiles, shownPath } from './find-files.ts'
import type { OpenedHouse } from './house.ts'

/** What the bot is put together from. */
export interface PhoneOptions {
  config: Config
  secrets: Pick<Secrets, 'telegramBotToken' | 'telegramAllowedUsers' | 'telegramApiRoot'>
  house: Exclude<OpenedHouse, { holder: unknown }>
  nextStarts?: () => PlannedStart[]
  dashboardLink?: (who: string) => string | undefined
  plans?: PlanDesk
  redact: Redact
  log: ChatDeps['log']
  version: string
  say?: TelegramDeps['say']
}

/** The bot: what is said, and how it gets there. */
export interface Phone {
  start: () => void
  /** Ends hearing, lets handlers and calls finish for a moment, and keeps everything else for the next life. */
  stop: () => Promise<void>
  health: Telegram['health']
  tellCard: Chat['tellCard']
  alarm: Chat['alarm']
}

/** Builds the bot of a token around an open house. */
export function createPhone(token: string, options: PhoneOptions): Phone {
  const { config, secrets, house, nextStarts, dashboardLink, plans, redact, log, say } = options
  const { telegramApiRoot: apiRoot, telegramAllowedUsers: allowedUsers } = secrets
  const { store, insight, runner } = house
  const { chats: groups, inbox, ...told } = config.telegram
  const project = (queue: string) => config.projects.find(({ name }) => name === queue) ?? config.projects[0]
  const updates = createUpdates<Update>(store.db, 'telegram')
  const telegram = createTelegram({
    token,
    ...(apiRoot !== undefined && { apiRoot }),
    ...{ allowedUsers, groups, commands: BOT_COMMANDS, updates, now: Date.now, log },
    ...(say && { say: (text: string) => say(redact(text)) }),
  })
  const chat = createChat(
    {
      chats: telegram.chats,
      config: told,
      ...(config.timezone !== undefined && { timezone: config.timezone }),
      face: runner.face,
      insight,
      store: {
        updates,
        deliveries: createDeliveries<Shipment>(store.db, 'telegram'),
        meta: { get: store.read.meta, set: store.setMeta, transaction: store.transaction },
        events: store.read.events,
      },
      taskFiles: async (queue) =>
        findTaskFiles(config.home, project(queue).tasks).map((path) => shownPath(config.home, path)),
      budgetOf: (queue) => project(queue).budget,
      ...(nextStarts && { nextStarts }),
      ...(dashboardLink && { dashboardLink }),
      ...(plans && { plans }),
      onShipped: () => house.reached('notified'),
      saveFile: (queue, file) => saveToInbox(project(queue).path, inbox, file),
      redact: <T>(value: T) => redactValue(redact, value) as T,
      now: Date.now,
      log,
    },
    telegram.transport,
  )
  return {
    start: () => {
      chat.start()
      telegram.start(chat)
    },
    stop: async () => {
      await telegram.stop()
      await chat.stop()
    },
    health: telegram.health,
    tellCard: chat.tellCard,
    alarm: chat.alarm,
  }
}
