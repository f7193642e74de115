/** A message as Slack has it. */
export interface SlackMessage {
  ts: string
  channel: string
  user: string
  bot_id?: string
  text: string
  blocks?: unknown[]
  thread_ts?: string
  isBroadcast?: boolean
  metadata?: { event_type: string; event_payload: Record<string, unknown> }
  files?: SlackFile[]
  reactions: { name: string; users: string[] }[]
  /** Only this person sees it. */
  onlyFor?: string
  isEdited?: boolean
  subtype?: string
}

export interface SlackFile {
  id: string
  name: string
  size: number
  mimetype: string
  bytes: Buffer
}

export interface SlackChannel {
  id: string
  /** The person of a private chat. */
  direct?: string
  members: string[]
  messages: SlackMessage[]
  isArchived?: boolean
}

/** What is there: people, channels, files, windows. */
export interface World {
  botToken: string
  appToken: string
  isRevoked: boolean
  /** The bot's token alone: sockets have another one. */
  isBotRevoked?: boolean
  scopes: string[]
  botUser: string
  channels: Map<string, SlackChannel>
  users: Map<string, { id: string; name: string }>
  groups: Map<string, string[]>
  files: Map<string, SlackFile>
  /** Places for files that were asked for and are not shown yet. */
  uploads: Map<string, { id: string; name: string; length: number; bytes?: Buffer }>
  /** What opens one window, for three seconds. */
  triggers: Map<string, { user: string; at: number }>
  views: Map<string, { id: string; user: string; view: Record<string, unknown> }>
  nextTs: () => string
  nextId: (letter: string) => string
  now: () => number
  /** Something happened that apps are told of. */
  emit: (event: Record<string, unknown>) => void
}

export function messageIn(world: World, channel: string, ts: string): SlackMessage | undefined {
  return world.channels.get(channel)?.messages.find((message) => message.ts === ts)
}

/** As the API shows it. */
export function shownMessage({
  onlyFor: _,
  isBroadcast,
  channel: __,
  isEdited,
  reactions,
  files,
  ...message
}: SlackMessage) {
  return {
    type: 'message',
    ...message,
    ...(reactions.length > 0 && { reactions: reactions.map((one) => ({ ...one, count: one.users.length })) }),
    ...(files && { files: files.map(({ bytes: ___, ...file }) => file) }),
    ...(isBroadcast && { subtype: 'thread_broadcast' }),
    ...(isEdited && { edited: { user: message.user, ts: message.ts } }),
  }
}
