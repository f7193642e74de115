import type { Update } from 'grammy/types'
import { botCommands } from '../chat/render/help.ts'
import { createUpdates } from '../store/updates.ts'
import { createTelegram } from '../telegram/telegram.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { messengerOf } from './messenger-of.ts'
import { sharedEar } from './shared-ear.ts'

/** Builds the bot of a token around an open app. */
export function openTelegram(token: string, options: MessengerOptions): Messenger {
  const { config, secrets, app, log, say } = options
  const { telegramApiRoot: apiRoot, telegramAllowedUsers: allowedUsers } = secrets
  const groups = config.telegram.chats
  const telegram = createTelegram({
    token,
    ...(apiRoot !== undefined && { apiRoot }),
    ...{ allowedUsers, groups, commands: botCommands(), now: Date.now, log },
    updates: createUpdates<Update>(app.store.db, 'telegram'),
    ...(say && { say }),
    ...(options.machines && { shared: sharedEar('telegram', token, options.machines, app) }),
  })
  const ids = allowedUsers.map(String)
  return messengerOf(telegram, options, {
    groups: groups.map(String),
    // A private chat has the number of its person.
    audienceOf: (chatId) => (ids.includes(chatId) ? [chatId] : ids),
  })
}
