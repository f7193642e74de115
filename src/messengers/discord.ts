import { mayOpenForm } from '../chat/callback.ts'
import type { ChatCall } from '../chat/delivery.ts'
import { askSlot } from '../chat/show-ask.ts'
import { privateChat } from '../discord/channels.ts'
import { createDiscord } from '../discord/discord.ts'
import type { HeardEvent } from '../discord/heard-event.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { messengerOf } from './messenger-of.ts'
import { sharedEar } from './shared-ear.ts'

/** Builds the bot of a token around an open app. */
export function openDiscord(token: string, options: MessengerOptions): Messenger {
  const { config, secrets, app, log, say } = options
  const { discordApiUrl: apiUrl } = secrets
  const { channel, users: listed } = config.discord
  // Whoever a role names may do what that role is asked for.
  const members = Object.values(config.roles).flat()
  const named = members.flatMap((member) => /^discord:(\d+)$/.exec(member)?.[1] ?? [])
  const users = [...new Set([...listed, ...named])]
  const listenedTo = [...new Set(members.filter((member) => member.startsWith('discord-role:')))]
  const deliveries = createDeliveries<ChatCall>(app.store.db, 'discord')
  const chats = channel === undefined ? [] : [channel]
  const discord = createDiscord({
    token,
    ...(apiUrl !== undefined && { apiUrl }),
    ...(channel !== undefined && { channel }),
    users,
    groups: listenedTo,
    updates: createUpdates<HeardEvent>(app.store.db, 'discord'),
    notes: app.store.kept,
    mayOpenForm,
    openAsks: () =>
      app.runner.api.view.openAsks().flatMap(({ id }) =>
        [...chats, ...users.map(privateChat)].flatMap((chatId) => {
          const messageId = deliveries.messageIn(chatId, askSlot(id))
          return messageId === undefined ? [] : [{ chatId, messageId }]
        }),
      ),
    now: Date.now,
    log,
    ...(say && { say }),
    ...(options.machines && { shared: sharedEar<HeardEvent>('discord', token, options.machines, app) }),
  })
  return messengerOf(discord, options, {
    groups: chats,
    listenedTo,
    audienceOf: (chatId) => (chatId.startsWith('dm:') ? [chatId.slice('dm:'.length)] : users),
  })
}
