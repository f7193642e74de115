import { type APIChannel, type APIMessage, Routes } from 'discord-api-types/v10'
import type { ChatRef, MessageRef } from '../chat/transport.ts'
import { cut } from '../text/cut.ts'
import { DiscordError, discordTroubleOf } from './api-errors.ts'
import type { DiscordConnection } from './connection.ts'

/** Where chats and threads are on Discord. A chat is a channel, or `dm:` and whom it is with. */
export interface Channels {
  /** The id of the channel that is posted to. */
  of: (chatId: ChatRef, thread: MessageRef | undefined, signal: AbortSignal) => Promise<string>
  /** The channel that a message is in. */
  ofMessage: (chatId: ChatRef, message: MessageRef, signal: AbortSignal) => Promise<{ channel: string; id: string }>
  /** What a channel is, asked once. */
  look: (id: string) => Promise<APIChannel>
}

const PRIVATE = 'dm:'

/** Whom a private chat is with; undefined of any other. */
export const personOf = (chatId: ChatRef): string | undefined =>
  chatId.startsWith(PRIVATE) ? chatId.slice(PRIVATE.length) : undefined
export const privateChat = (userId: string): ChatRef => `${PRIVATE}${userId}`

/** A message as chats name it: in a thread, with the channel that the thread is. */
export const refOf = (id: string, channel: string, chatChannel: string): MessageRef =>
  channel === chatChannel ? id : `${id}@${channel}`
export const idOf = (ref: MessageRef): string => ref.split('@', 1)[0] ?? ref

const NAME_UNITS = 90
/** A week, after which a quiet thread is put away; a post brings it back. */
const ARCHIVE_MINUTES = 10_080
const THREAD_EXISTS = 160_004

/** Makes it; what was found once is remembered. */
export function createChannels({ call }: Pick<DiscordConnection, 'call'>): Channels {
  const privates = new Map<string, string>()
  const threads = new Set<string>()
  const looked = new Map<string, Promise<APIChannel>>()

  const channelOf = async (chatId: ChatRef, signal: AbortSignal): Promise<string> => {
    const userId = personOf(chatId)
    if (userId === undefined) return chatId
    const found = privates.get(userId)
    if (found !== undefined) return found
    const body = { recipient_id: userId }
    const { id } = await before(() => call<APIChannel>({ method: 'POST', route: Routes.userChannels(), body }, signal))
    privates.set(userId, id)
    return id
  }
  /** A thread has the id of the message that it hangs on. */
  const openThread = async (channel: string, root: string, signal: AbortSignal) => {
    if (threads.has(root)) return
    const { content, embeds } = await before(() =>
      call<APIMessage>({ method: 'GET', route: Routes.channelMessage(channel, root) }, signal),
    )
    // Its first line says how things stand, which changes; what it is about is below.
    const lines = (content || embeds[0]?.description || '').replace(/[\\*_`~>#]/g, '').split('\n')
    const name = lines.slice(1).find((line) => line.trim() !== '') ?? lines[0] ?? ''
    const body = { name: cut(name.trim() || 'Run', NAME_UNITS), auto_archive_duration: ARCHIVE_MINUTES }
    await before(() => call({ method: 'POST', route: Routes.threads(channel, root), body }, signal)).catch((error) => {
      const trouble = discordTroubleOf(error)
      if (trouble.kind !== 'refused' || trouble.code !== THREAD_EXISTS) throw error
    })
    threads.add(root)
  }
  return {
    of: async (chatId, thread, signal) => {
      const channel = await channelOf(chatId, signal)
      if (thread === undefined) return channel
      const [root = '', inside] = thread.split('@')
      if (inside !== undefined) return inside
      await openThread(channel, root, signal)
      return root
    },
    ofMessage: async (chatId, message, signal) => {
      const [id = '', inside] = message.split('@')
      return { id, channel: inside ?? (await channelOf(chatId, signal)) }
    },
    look: (id) => {
      const known = looked.get(id)
      if (known) return known
      const asked = call<APIChannel>({ method: 'GET', route: Routes.channel(id) })
      looked.set(id, asked)
      asked.catch(() => looked.delete(id))
      return asked
    },
  }
}

/** A step before the post itself: however it failed, nothing was posted. */
async function before<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const trouble = discordTroubleOf(error)
    if (trouble.kind !== 'in-doubt') throw error
    throw new DiscordError('before the post', { kind: 'unreached', code: trouble.code })
  }
}
