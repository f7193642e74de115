import type { Update } from 'grammy/types'
import type { Chat } from '../chat/chat.ts'
import { botCommands } from '../chat/render/help.ts'
import type { Secrets } from '../config/secrets.ts'
import { createUpdates } from '../store/updates.ts'
import { createTelegram, type Telegram, type TelegramDeps } from '../telegram/telegram.ts'
import { type ChatOptions, openChat } from './open-chat.ts'

/** What the bot is put together from. */
export interface PhoneOptions extends ChatOptions {
  secrets: Pick<Secrets, 'telegramBotToken' | 'telegramAllowedUsers' | 'telegramApiRoot'>
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

/** Builds the bot of a token around an open app. */
export function createPhone(token: string, options: PhoneOptions): Phone {
  const { config, secrets, app, redact, log, say } = options
  const { telegramApiRoot: apiRoot, telegramAllowedUsers: allowedUsers } = secrets
  const updates = createUpdates<Update>(app.store.db, 'telegram')
  const telegram = createTelegram({
    token,
    ...(apiRoot !== undefined && { apiRoot }),
    ...{ allowedUsers, groups: config.telegram.chats, commands: botCommands(), updates, now: Date.now, log },
    ...(say && { say: (text: string) => say(redact(text)) }),
  })
  const chat = openChat(telegram.transport, telegram.chats, options)
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
