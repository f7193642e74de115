import { type APIChannel, type APIMessage, type APIUser, Routes } from 'discord-api-types/v10'
import { discordTroubleOf } from './api-errors.ts'
import type { DiscordConnection } from './connection.ts'
import { discordActor, type HeardEvent, heardEvents, meaningOf } from './heard-event.ts'

/** A message that asks, and the channel it is in. */
export interface OpenAsk {
  channel: string
  id: string
}

export interface CatchUpOptions {
  connection: Pick<DiscordConnection, 'call'>
  botId: string
  channel?: string
  guildId?: string
  /** Private chats that exist. */
  privates: readonly string[]
  openAsks: readonly OpenAsk[]
  /** The newest that was heard; only what is younger is read. */
  after: string
  take: (event: HeardEvent) => void
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
  const { connection, botId, channel, guildId, privates, openAsks, take } = options
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
        const placed = { ...one, ...(guild !== undefined && { guild_id: guild }) }
        const events = heardEvents({ t: 'MESSAGE_CREATE', d: placed } as Parameters<typeof heardEvents>[0], botId)
        for (const event of events) take(event)
      }
      const last = oldestFirst.at(-1)
      if (found.length < A_PAGE || !last) return
      from = last.id
    }
  }
  if (channel !== undefined) await unlessRefused(() => read(channel, guildId))
  if (channel !== undefined && guildId !== undefined) {
    const active = await call<{ threads: APIChannel[] }>({ method: 'GET', route: Routes.guildActiveThreads(guildId) })
    for (const thread of active.threads)
      if ('parent_id' in thread && thread.parent_id === channel) await unlessRefused(() => read(thread.id, guildId))
  }
  for (const one of privates) await unlessRefused(() => read(one, undefined))
  for (const ask of openAsks)
    await unlessRefused(() => readSigns(options, ask, ask.channel === channel ? guildId : undefined))
}

/** What is gone, or closed to the bot, keeps nothing else from being read. */
async function unlessRefused(step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (discordTroubleOf(error).kind !== 'refused') throw error
  }
}

async function readSigns({ connection, botId, take }: CatchUpOptions, { channel, id }: OpenAsk, guildId?: string) {
  const { call } = connection
  const message = await call<APIMessage>({ method: 'GET', route: Routes.channelMessage(channel, id) })
  for (const { emoji } of message.reactions ?? []) {
    const means = emoji.id === null ? meaningOf(emoji.name ?? '') : undefined
    if (means === undefined) continue
    const route = Routes.channelMessageReaction(channel, id, encodeURIComponent(emoji.name ?? ''))
    for (const user of await call<APIUser[]>({ method: 'GET', route })) {
      if (user.bot || user.id === botId) continue
      const what = { kind: 'reaction' as const, messageId: id, means }
      const event: HeardEvent = { id: `${id}:${user.id}:${means}`, channelId: channel, by: discordActor(user), what }
      take({ ...event, ...(guildId !== undefined && { guildId }) })
    }
  }
}
