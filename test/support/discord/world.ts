import { notYours, unknownChannel, unknownMessage } from './errors.ts'

/** A message as the server holds it. */
export interface HeldMessage {
  id: string
  channel_id: string
  author: { id: string; username: string; bot?: boolean }
  content: string
  embeds: { description?: string }[]
  components: { type: number; components: Record<string, unknown>[] }[]
  attachments: { id: string; filename: string; size: number; url: string }[]
  flags: number
  mentions: { id: string }[]
  mention_everyone: boolean
  message_reference?: { message_id: string; channel_id: string; type?: number }
  timestamp: string
  edited_timestamp: string | null
  type: number
  nonce?: string
  /** Of the answer to a command that everybody sees. */
  interaction_metadata?: { user: { id: string; username: string } }
  deleted?: true
  /** How often it was changed. */
  edits: number
  /** Those whose phones made a sound. */
  rang: string[]
  reactions: { emoji: string; userId: string }[]
}

export interface HeldChannel {
  id: string
  /** 0 text, 1 direct, 11 thread. */
  type: number
  name?: string
  guild_id?: string
  parent_id?: string
  recipient?: string
  /** The bot may not see it. */
  isClosed?: true
  messages: HeldMessage[]
}

export interface HeldInteraction {
  id: string
  token: string
  type: number
  at: number
  messageId?: string
  channelId: string
  userId: string
  response?: { type: number; data?: Record<string, unknown>; at: number }
  followUps: Record<string, unknown>[]
}

export const GUILD = '900000000000000001'
export const CHANNEL = '900000000000000002'
export const BOT = '900000000000000003'
export const APPLICATION = '900000000000000004'
export const ROLE_OPS = '900000000000000005'

/** Discord's epoch. */
const EPOCH = 1_420_070_400_000

/** All that the server knows. */
export class World {
  channels = new Map<string, HeldChannel>()
  files = new Map<string, Buffer>()
  interactions = new Map<string, HeldInteraction>()
  people = new Map<string, { id: string; name: string; roles: string[]; isClosed?: true }>()
  commands: Record<string, unknown>[] = []
  /** Those of the application, wherever it is. */
  ownCommands: Record<string, unknown>[] = []
  /** Of everybody in the server; all of them at first. */
  permissions = String((1n << 50n) - 1n)
  /** Let in without the scope for commands. */
  isWithoutMenu = false
  #last = 0n

  constructor() {
    this.addChannel({ id: CHANNEL, type: 0, name: 'builds', guild_id: GUILD })
  }

  /** Grows with time, as snowflakes do. */
  snowflake(): string {
    const id = BigInt(Date.now() - EPOCH) << 22n
    this.#last = id > this.#last ? id : this.#last + 1n
    return String(this.#last)
  }

  addChannel(channel: Omit<HeldChannel, 'messages'>): HeldChannel {
    const held = { ...channel, messages: [] }
    this.channels.set(held.id, held)
    return held
  }

  channel(id: string): HeldChannel {
    const found = this.channels.get(id)
    if (!found) throw unknownChannel()
    return found
  }

  direct(userId: string): HeldChannel {
    const found = [...this.channels.values()].find(({ type, recipient }) => type === 1 && recipient === userId)
    return found ?? this.addChannel({ id: this.snowflake(), type: 1, recipient: userId })
  }

  message(channelId: string, id: string): HeldMessage {
    const found = this.channel(channelId).messages.find((one) => one.id === id && !one.deleted)
    if (!found) throw unknownMessage()
    return found
  }

  own(channelId: string, id: string): HeldMessage {
    const found = this.message(channelId, id)
    if (found.author.id !== BOT) throw notYours()
    return found
  }

  post(channelId: string, given: Partial<HeldMessage> & Pick<HeldMessage, 'author'>): HeldMessage {
    const message: HeldMessage = {
      ...{ content: '', embeds: [], components: [], attachments: [], flags: 0, mentions: [], mention_everyone: false },
      ...{ edited_timestamp: null, type: 0, edits: 0, rang: [], reactions: [] },
      ...given,
      id: given.id ?? this.snowflake(),
      channel_id: channelId,
      timestamp: new Date().toISOString(),
    }
    this.channel(channelId).messages.push(message)
    return message
  }
}

/** As it is sent to a client. */
export function shownMessage({ edits: _, rang: __, reactions, deleted: ___, ...message }: HeldMessage) {
  const signs = [...new Set(reactions.map(({ emoji }) => emoji))]
  if (signs.length === 0) return message
  const count = (sign: string) => reactions.filter(({ emoji }) => emoji === sign).length
  return { ...message, reactions: signs.map((name) => ({ emoji: { id: null, name }, count: count(name) })) }
}
