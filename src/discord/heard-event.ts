import {
  type APIAttachment,
  type APIInteraction,
  type APIMessage,
  type APIUser,
  ComponentType,
  type GatewayDispatchPayload,
  InteractionType,
} from 'discord-api-types/v10'
import type { Actor } from '../core/types.ts'
import { shortened } from '../text/cut.ts'
import { LIST } from './format.ts'
import { type HeardTap, WORDS_FIELD } from './taps.ts'

/** What came from Discord, as it is stored until it is handled. */
export interface HeardEvent {
  /** The same when it comes again, by the gateway or from the history. */
  id: string
  channelId: string
  /** Absent in private. */
  guildId?: string
  /** Of a thread, where the event says so itself. */
  parentId?: string
  by: Actor
  what:
    | { kind: 'message'; message: KeptMessage; attachment?: number; isEdited?: true }
    | { kind: 'reaction'; messageId: string; means: 'yes' | 'no' }
    | { kind: 'tap'; tap: HeardTap; data: string; messageId: string; repliesTo?: string }
    | { kind: 'form'; tap: HeardTap; data: string; text: string; messageId: string }
    | { kind: 'command'; tap: HeardTap; name: string; options: object[] }
}

/** The parts of a message that are read. */
export type KeptMessage = Pick<APIMessage, 'id' | 'content' | 'timestamp'> & {
  attachments: Pick<APIAttachment, 'url' | 'filename' | 'size' | 'content_type'>[]
  mentionsBot: boolean
  /** Of somebody else, passed on. */
  isQuoted?: true
  repliedTo?: { id: string; isFromBot: boolean; buttons: string[] }
}

/** Whose tap or command it was, for words that only they see. */
export const tapOf = ({ what }: HeardEvent): HeardTap | undefined => ('tap' in what ? what.tap : undefined)

const REPLY = 19
const FORWARDED = 1
const NAME_UNITS = 60

/** Reads an event of the gateway: one for each file of a message; nothing where it is no deed of a person. */
export function heardEvents({ t, d }: Pick<GatewayDispatchPayload, 't' | 'd'>, botId: string): HeardEvent[] {
  switch (t as string) {
    case 'INTERACTION_CREATE':
      return interaction(d as APIInteraction)
    case 'MESSAGE_CREATE':
      return message(d as APIMessage & Placed, botId)
    case 'MESSAGE_UPDATE':
      return message(d as APIMessage & Placed, botId, true)
    case 'MESSAGE_REACTION_ADD':
      return reaction(d as Reaction, botId)
    default:
      return []
  }
}

interface Placed {
  guild_id?: string
  member?: { roles?: string[]; nick?: string | null; user?: APIUser }
}

export function discordActor(user: Pick<APIUser, 'id'> & Partial<APIUser>, member?: Placed['member']): Actor {
  const name = shortened(
    (member?.nick ?? user.global_name ?? user.username ?? '').replace(/\s+/g, ' ').trim(),
    NAME_UNITS,
  )
  const groups = (member?.roles ?? []).map((role) => `discord-role:${role}`)
  return { surface: 'discord', id: user.id, name: name || user.id, ...(groups.length > 0 && { groups }) }
}

function message(given: APIMessage & Placed, botId: string, isEdited = false): HeardEvent[] {
  const { id, author, type, guild_id: guildId, member } = given
  // What programs write commands nothing, and notices of the server are nobody's words.
  if (!author || author.bot || given.webhook_id !== undefined || (type !== 0 && type !== REPLY)) return []
  if (isEdited && !given.edited_timestamp) return []
  const kept = keptMessage(given, botId)
  const base = {
    channelId: given.channel_id,
    ...(guildId !== undefined && { guildId }),
    by: discordActor(author, member),
  }
  if (isEdited)
    return [{ id: `${id}:${given.edited_timestamp}`, ...base, what: { kind: 'message', message: kept, isEdited } }]
  if (kept.attachments.length === 0) return [{ id, ...base, what: { kind: 'message', message: kept } }]
  return kept.attachments.map((_, attachment) => ({
    id: attachment === 0 ? id : `${id}.${attachment}`,
    ...base,
    what: { kind: 'message', message: kept, attachment },
  }))
}

function keptMessage(given: APIMessage, botId: string): KeptMessage {
  const { id, timestamp, attachments = [], mentions = [], message_reference: reference } = given
  const isForwarded = reference?.type === FORWARDED
  const snapshot = given.message_snapshots?.[0]?.message
  const replied = given.referenced_message
  const content = isForwarded ? (snapshot?.content ?? '') : given.content
  const files = isForwarded ? (snapshot?.attachments ?? []) : attachments
  return {
    ...{ id, timestamp, content, mentionsBot: mentions.some((one) => one.id === botId) },
    attachments: files.map(({ url, filename, size, content_type }) => ({
      ...{ url, filename, size },
      ...(content_type !== undefined && { content_type }),
    })),
    ...(isForwarded && { isQuoted: true }),
    ...(!isForwarded &&
      replied && { repliedTo: { id: replied.id, isFromBot: replied.author?.bot === true, buttons: idsIn(replied) } }),
  }
}

/** The data of all that can be tapped under a message. */
function idsIn({ components = [] }: APIMessage): string[] {
  return components.flatMap((row) => {
    if (row.type !== ComponentType.ActionRow) return []
    return row.components.flatMap((part) => {
      if (part.type === ComponentType.StringSelect) return part.options.map(({ value }) => value)
      return 'custom_id' in part ? [part.custom_id] : []
    })
  })
}

interface Reaction extends Placed {
  user_id: string
  channel_id: string
  message_id: string
  message_author_id?: string
  emoji: { id: string | null; name: string | null }
}

const YES = /^[👍👌✅]/u
const NO = /^[👎❌]/u

/** What a sign says that everybody reads in the same way; undefined for all others. */
export function meaningOf(emoji: string): 'yes' | 'no' | undefined {
  return YES.test(emoji) ? 'yes' : NO.test(emoji) ? 'no' : undefined
}

function reaction(given: Reaction, botId: string): HeardEvent[] {
  const { user_id: userId, channel_id: channelId, message_id: messageId, emoji, guild_id: guildId, member } = given
  const means = emoji.id === null ? meaningOf(emoji.name ?? '') : undefined
  // Only the bot's own messages ask anything, and it answers none of them itself.
  if (means === undefined || userId === botId || member?.user?.bot) return []
  if (given.message_author_id !== undefined && given.message_author_id !== botId) return []
  return [
    {
      id: `${messageId}:${userId}:${means}`,
      channelId,
      ...(guildId !== undefined && { guildId }),
      by: discordActor(member?.user ?? { id: userId }, member),
      what: { kind: 'reaction', messageId, means },
    },
  ]
}

function interaction(given: APIInteraction): HeardEvent[] {
  const { id, token, application_id: applicationId, channel } = given
  const user = given.member?.user ?? given.user
  if (!user || user.bot || !channel) return []
  const base = {
    id,
    channelId: channel.id,
    ...(given.guild_id !== undefined && { guildId: given.guild_id }),
    ...('parent_id' in channel && channel.parent_id ? { parentId: channel.parent_id } : {}),
    by: discordActor(user, given.member),
  }
  const tap = (kind: HeardTap['kind']): HeardTap => ({ id, token, applicationId, kind })
  switch (given.type) {
    case InteractionType.MessageComponent: {
      const { custom_id: own } = given.data
      const picked = 'values' in given.data ? given.data.values[0] : undefined
      const data = own.startsWith(LIST) ? (picked ?? '') : own
      const repliesTo = given.message.message_reference?.message_id
      const what = { kind: 'tap' as const, tap: tap('button'), data, messageId: given.message.id }
      return [{ ...base, what: { ...what, ...(repliesTo !== undefined && { repliesTo }) } }]
    }
    case InteractionType.ModalSubmit: {
      const what = { kind: 'form' as const, tap: tap('form'), data: given.data.custom_id, text: wordsIn(given.data) }
      return [{ ...base, what: { ...what, messageId: given.message?.id ?? id } }]
    }
    case InteractionType.ApplicationCommand: {
      const options = 'options' in given.data ? ((given.data.options ?? []) as object[]) : []
      return [{ ...base, what: { kind: 'command', tap: tap('command'), name: given.data.name, options } }]
    }
    default:
      return []
  }
}

function wordsIn({ components }: { components: readonly object[] }): string {
  for (const part of components) {
    const { component } = part as { component?: { custom_id?: string; value?: string } }
    if (component?.custom_id === WORDS_FIELD) return component.value ?? ''
  }
  return ''
}
