import type { Shipment } from '../chat/delivery.ts'
import { askSlot } from '../chat/show-ask.ts'
import type { Heard } from '../slack/heard.ts'
import { createSlack } from '../slack/slack.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { openChat } from './open-chat.ts'

/** Builds Baton on Slack around an open app. */
export function openSlack(tokens: { botToken: string; appToken: string }, options: MessengerOptions): Messenger {
  const { config, secrets, app, log, say } = options
  const { channel, users } = config.slack
  const { db, kept } = app.store
  const { view } = app.runner.api
  const deliveries = createDeliveries<Shipment>(db, 'slack')
  const slack = createSlack({
    ...tokens,
    ...(secrets.slackApiUrl !== undefined && { apiUrl: secrets.slackApiUrl }),
    ...{ users, ...(channel !== undefined && { channel }), now: Date.now, log },
    userGroups: [...new Set(Object.values(config.roles).flat())].flatMap((member) => groupIn(member) ?? []),
    updates: createUpdates<Heard>(db, 'slack'),
    kept: {
      get: (id) => kept.get<string>(`slack:read:${id}`),
      set: (id, ts) => kept.set(`slack:read:${id}`, ts),
    },
    asksIn: (chatId) => view.openAsks().flatMap(({ id }) => deliveries.messageIn(chatId, askSlot(id)) ?? []),
    ...(say && { say }),
  })
  const chat = openChat(slack.transport, options, {
    chats: slack.chats,
    groups: channel === undefined ? [] : [channel],
    audienceOf: (chatId) => (chatId === channel ? users : [chatId]),
  })
  return {
    name: 'slack',
    chat,
    start: () => {
      chat.start()
      slack.start(chat)
    },
    stop: async () => {
      await slack.stop()
      await chat.stop()
    },
    health: slack.health,
  }
}

const groupIn = (member: string): string | undefined => /^slack-group:(.+)$/.exec(member)?.[1]
