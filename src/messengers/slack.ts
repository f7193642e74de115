import type { ChatCall } from '../chat/delivery.ts'
import { askSlot } from '../chat/show-ask.ts'
import type { Heard } from '../slack/heard.ts'
import { createSlack } from '../slack/slack.ts'
import { createDeliveries } from '../store/deliveries.ts'
import { createUpdates } from '../store/updates.ts'
import type { Messenger, MessengerOptions } from './messenger.ts'
import { messengerOf } from './messenger-of.ts'
import { sharedEar } from './shared-ear.ts'

/** Builds Baton on Slack around an open app. */
export function openSlack(tokens: { botToken: string; appToken: string }, options: MessengerOptions): Messenger {
  const { config, secrets, app, log, say } = options
  const { channel, users: listed } = config.slack
  // Whoever a role names may do what that role is asked for.
  const members = [...new Set(Object.values(config.roles).flat())]
  const users = [...new Set([...listed, ...members.flatMap((member) => personIn(member) ?? [])])]
  const { db, kept } = app.store
  const { view } = app.runner.api
  const deliveries = createDeliveries<ChatCall>(db, 'slack')
  const slack = createSlack({
    ...tokens,
    ...(secrets.slackApiUrl !== undefined && { apiUrl: secrets.slackApiUrl }),
    ...{ users, ...(channel !== undefined && { channel }), now: Date.now, log },
    userGroups: members.flatMap((member) => groupIn(member) ?? []),
    updates: createUpdates<Heard>(db, 'slack'),
    kept: {
      get: (id) => kept.get<string>(`slack:read:${id}`),
      set: (id, ts) => kept.set(`slack:read:${id}`, ts),
    },
    keptGroups: {
      get: () => kept.get('slack:groups'),
      set: (found) => kept.set('slack:groups', found),
    },
    asksIn: (chatId) => view.openAsks().flatMap(({ id }) => deliveries.messageIn(chatId, askSlot(id)) ?? []),
    ...(say && { say }),
    ...(options.machines && { shared: sharedEar<Heard>('slack', tokens.botToken, options.machines, app) }),
  })
  return messengerOf(slack, options, {
    groups: channel === undefined ? [] : [channel],
    groupsOf: slack.groupsOf,
    listenedTo: members.filter((member) => groupIn(member) !== undefined),
    audienceOf: (chatId) => (chatId === channel ? users : [chatId]),
  })
}

const personIn = (member: string): string | undefined => /^slack:(.+)$/.exec(member)?.[1]
const groupIn = (member: string): string | undefined => /^slack-group:(.+)$/.exec(member)?.[1]
