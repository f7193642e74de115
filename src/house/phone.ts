import type { Update } from 'grammy/types'
import type { NewDelivery } from '../chat/delivery.ts'
import type { PlanDesk, PlannedStart, TelegramDeps } from '../chat/ports.ts'
import { saveToInbox } from '../chat/save-file.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Config } from '../config/types.ts'
import type { Redact } from '../redact/redact.ts'
import { redactValue } from '../redact/redact-value.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import { createTelegram, type Telegram } from '../telegram/telegram.ts'
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
  log: TelegramDeps['log']
  version: string
  say?: TelegramDeps['say']
}

/** Builds the bot of a token around an open house. */
export function createPhone(token: string, options: PhoneOptions): Telegram {
  const { config, secrets, house, nextStarts, dashboardLink, plans, redact, log, version, say } = options
  const { telegramApiRoot: apiRoot, telegramAllowedUsers: allowedUsers } = secrets
  const { store, insight, runner } = house
  const project = (queue: string) => config.projects.find(({ name }) => name === queue) ?? config.projects[0]
  return createTelegram({
    token,
    ...(apiRoot !== undefined && { apiRoot }),
    allowedUsers,
    config: config.telegram,
    ...(config.timezone !== undefined && { timezone: config.timezone }),
    face: runner.face,
    insight,
    store: {
      updates: createUpdates<Update>(store.db, 'telegram'),
      deliveries: createDeliveries<NewDelivery>(store.db, 'telegram'),
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
    saveFile: (queue, file) => saveToInbox(project(queue).path, config.telegram.inbox, file),
    redact: <T>(value: T) => redactValue(redact, value) as T,
    now: Date.now,
    log,
    version,
    ...(say && { say: (text: string) => say(redact(text)) }),
  })
}
