import { type APIChannel, type APIGuildMember, type APIMessage, type APIUser, Routes } from 'discord-api-types/v10'
import type { ChatRef, MessageRef } from '../chat/transport.ts'
import { discordTroubleOf } from './api-errors.ts'
import { type Channels, privateChat } from './channels.ts'
import type { DiscordConnection } from './connection.ts'
import { discordActor, type HeardEvent, heardEvents, meaningOf } from './heard-event.ts'

/** A message that asks, and the chat that it is in. */
export interface OpenAsk {
  chatId: ChatRef
  messageId: MessageRef
}

export interface CatchUpOptions {
  connection: Pick<DiscordConnection, 'call'>
  channels: Pick<Channels, 'of' | 'ofMessage'>
  botId: string
  channel?: string
  guildId?: string
  /** Whose own chats with the bot are read. */
  users: readonly string[]
  openAsks: readonly OpenAsk[]
  /** The roles that somebody has in the server; absent where no role decides anything. */
  rolesOf?: (userId: string) => Promise<string[]>
  /** The newest that was heard; only what is younger is read. */
  after: string
  take: (event: HeardEvent) => void
  signal: AbortSignal
}

const A_PAGE = 100
/** What is longer ago has lost its meaning. */
const MOST_PAGES = 10
/** The gateway's order is not quite that of the ids. */
const OVERLAP_MS = 10_000n << 22n

/**
 * Reads what was written while nobody listened, and the signs under open asks. It is stored under the same ids as what the
 * gateway sends, so that nothing counts twice. Taps, commands and forms are not kept by Discord: people see that they failed.
 */
export async function catchUp(options: CatchUpOptions): Promise<void> {
  const { connection, channels, botId, channel, guildId, users, openAsks, take, signal } = options
  const { call } = connection
  const start = BigInt(options.after) - OVERLAP_MS
  const after = String(start > 0n ? start : 0n)

  const read = async (channelId: string, guild: string | undefined) => {
    let from = after
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ after: from, limit: String(A_PAGE) })
      const found = await call<APIMessage[]>({ method: 'GET', route: Routes.channelMessages(channelId), query })
      const oldestFirst = [...found].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
      for (const one of oldestFirst) {
        const member = guild === undefined ? undefined : await memberOf(options, one)
        const placed = { ...one, ...(guild !== undefined && { guild_id: guild }), ...(member && { member }) }
        const events = heardEvents({ t: 'MESSAGE_CREATE', d: placed } as Parameters<typeof heardEvents>[0], botId)
        for (const event of events) take(event)
      }
      const last = oldestFirst.at(-1)
      if (found.length < A_PAGE || !last) return
      from = last.id
    }
  }
  if (channel !== undefined) await unlessRefused(() => read(channel, guildId))
  if (channel !== undefined && guildId !== undefined)
    await unlessRefused(async () => {
      const active = await call<{ threads: APIChannel[] }>({ method: 'GET', route: Routes.guildActiveThreads(guildId) })
      for (const thread of active.threads)
        if ('parent_id' in thread && thread.parent_id === channel) await unlessRefused(() => read(thread.id, guildId))
    })
  for (const user of users)
    await unlessRefused(async () => read(await channels.of(privateChat(user), undefined, signal), undefined))
  for (const ask of openAsks) await unlessRefused(() => readSigns(options, ask))
}

/** What is gone, or closed to the bot, keeps nothing else from being read. */
async function unlessRefused(step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (discordTroubleOf(error).kind !== 'refused') throw error
  }
}

type Member = { roles: string[] } | undefined

/** The history does not say which roles somebody has; of words that the bot may not read nobody asks. */
async function memberOf({ rolesOf }: CatchUpOptions, message: APIMessage): Promise<Member> {
  const { author, content, attachments = [] } = message
  if (!rolesOf || author.bot || (content === '' && attachments.length === 0)) return undefined
  return { roles: await rolesOf(author.id) }
}

async function readSigns(options: CatchUpOptions, { chatId, messageId }: OpenAsk): Promise<void> {
  const { connection, channels, botId, guildId, rolesOf, take, signal } = options
  const { call } = connection
  const { channel, id } = await channels.ofMessage(chatId, messageId, signal)
  const isShared = chatId === options.channel && guildId !== undefined
  const message = await call<APIMessage>({ method: 'GET', route: Routes.channelMessage(channel, id) })
  for (const { emoji } of message.reactions ?? []) {
    const means = emoji.id === null ? meaningOf(emoji.name ?? '') : undefined
    if (means === undefined) continue
    const route = Routes.channelMessageReaction(channel, id, encodeURIComponent(emoji.name ?? ''))
    const query = new URLSearchParams({ limit: String(A_PAGE) })
    for (const user of await call<APIUser[]>({ method: 'GET', route, query })) {
      if (user.bot || user.id === botId) continue
      const member = isShared && rolesOf ? { roles: await rolesOf(user.id) } : undefined
      const what = { kind: 'reaction' as const, messageId: id, means }
      const event = { id: `${id}:${user.id}:${means}`, channelId: channel, by: discordActor(user, member), what }
      take({ ...event, ...(isShared && { guildId }) })
    }
  }
}

/** Asks for the roles of each person once; who is not in the server has none. */
export function createRoleLookup({ call }: Pick<DiscordConnection, 'call'>, guildId: string) {
  const known = new Map<string, string[]>()
  return async (userId: string): Promise<string[]> => {
    const found = known.get(userId) ?? (await rolesIn({ call }, guildId, userId))
    known.set(userId, found)
    return found
  }
}

async function rolesIn({ call }: Pick<DiscordConnection, 'call'>, guildId: string, userId: string): Promise<string[]> {
  try {
    const { roles } = await call<APIGuildMember>({ method: 'GET', route: Routes.guildMember(guildId, userId) })
    return roles
  } catch (error) {
    if (discordTroubleOf(error).kind === 'refused') return []
    throw error
  }
}
