import { type APIMessage, type APIUser, Routes } from 'discord-api-types/v10'
import { inThread } from '../chat/call-trouble.ts'
import type { ChatRef, MessageRef, Sendable, Transport } from '../chat/transport.ts'
import type { Form } from '../outbox/carrier.ts'
import { cut } from '../text/cut.ts'
import { DiscordError, discordTroubleOf } from './api-errors.ts'
import { type Channels, idOf, personOf, privateChat, refOf } from './channels.ts'
import { classifyDiscordFailure } from './classify-failure.ts'
import type { DiscordConnection } from './connection.ts'
import { createDiscordDownload, DISCORD_DOWNLOAD_BYTES } from './download.ts'
import { CONTENT_UNITS, type DiscordPost, EMBED_UNITS, formatDiscordPost } from './format.ts'
import { escapeMarkdown } from './markdown.ts'
import type { Taps } from './taps.ts'

const SILENT = 1 << 12
/** A bot's file, without anything paid for. */
const UPLOAD_BYTES = 10 * 1024 * 1024
/** Five edits in five seconds are taken of a channel. */
const EDIT_GAP_MS = 1_500

export interface DiscordTransportOptions {
  connection: Pick<DiscordConnection, 'call'>
  channels: Channels
  taps: Taps
  /** Default: Discord's own. */
  apiUrl?: string
}

/** Discord's REST API as a transport; hearing is the gateway's part. */
export function createDiscordTransport({ connection, channels, taps, apiUrl }: DiscordTransportOptions): Transport {
  const { call } = connection
  const post = async (channel: string, body: object, files: readonly NamedFile[], signal: AbortSignal) => {
    const all = { ...body, ...attached(files) }
    const route = Routes.channelMessages(channel)
    return call<APIMessage>({ method: 'POST', route, body: all, ...withFiles(files) }, signal)
  }
  const sendIn = async (thread: MessageRef | undefined, { chatId, what, form, signal }: Sending) => {
    const channel = await channels.of(chatId, thread, signal)
    const own = await channels.of(chatId, undefined, signal)
    // The same key within some minutes is the same message: a second try is not a second post.
    const once = what.key === undefined ? {} : { nonce: what.key.slice(0, 25), enforce_nonce: true }
    if ('document' in what) {
      const { name, content } = what.document
      const caption = cut(escapeMarkdown(what.caption ?? ''), CONTENT_UNITS)
      const body = { content: caption, flags: SILENT | (1 << 2), allowed_mentions: { parse: [] }, ...once }
      const { id } = await post(channel, body, [{ name: fileName(name), content }], signal)
      return refOf(id, channel, own)
    }
    const { message, replyTo } = what
    const { file, flags, ...shown } = formatDiscordPost(message, form)
    const reply = replyTo !== undefined && {
      message_reference: { message_id: idOf(replyTo), fail_if_not_exists: false },
    }
    const body = { ...shown, flags: flags | (message.silent ? SILENT : 0), ...reply, ...once }
    const { id } = await post(channel, body, file ? [file] : [], signal)
    return refOf(id, channel, own)
  }
  return {
    name: 'discord',
    limits: {
      textUnits: EMBED_UNITS,
      downloadBytes: DISCORD_DOWNLOAD_BYTES,
      uploadBytes: UPLOAD_BYTES,
      editGapMs: () => EDIT_GAP_MS,
    },
    format: formatDiscordPost,
    send: (chatId, what, form, signal) =>
      inThread(what.thread, isThreadGone, (thread) => sendIn(thread, { chatId, what, form, signal })),
    async edit(chatId, messageId, message, form, signal) {
      const { channel, id } = await channels.ofMessage(chatId, messageId, signal)
      const { file, ...shown } = formatDiscordPost(message, form)
      const files = file ? [file] : []
      const body = { ...shown, attachments: [], ...attached(files) } satisfies Partial<DiscordPost> & object
      await call({ method: 'PATCH', route: Routes.channelMessage(channel, id), body, ...withFiles(files) }, signal)
    },
    async delete(chatId, messageId, signal) {
      const { channel, id } = await channels.ofMessage(chatId, messageId, signal)
      await call({ method: 'DELETE', route: Routes.channelMessage(channel, id) }, signal)
    },
    knowsKeys: true,
    classify: classifyDiscordFailure,
    reach: (signal) => call({ method: 'GET', route: Routes.user() }, signal),
    answer: taps.answer,
    openForm: taps.openForm,
    download: createDiscordDownload(apiUrl),
    ownName: async () => (await call<APIUser>({ method: 'GET', route: Routes.user() })).username,
    isShared: (chatId) => personOf(chatId) === undefined,
    hasThreads: (chatId) => personOf(chatId) === undefined,
    isPrivateWith: (chatId, personId) => chatId === privateChat(personId),
    allowedBy: 'discord.users in config.yaml',
  }
}

interface Sending {
  chatId: ChatRef
  what: Sendable
  form: Form
  signal: AbortSignal
}

/** Unknown channel or message, no access, no right to it, an archived or a locked thread. */
const NO_THREAD = new Set([10_003, 10_008, 50_001, 50_013, 50_083, 160_005])

function isThreadGone(error: unknown): boolean {
  const trouble = discordTroubleOf(error)
  return trouble.kind === 'refused' && NO_THREAD.has(trouble.code)
}

interface NamedFile {
  name: string
  content: string
}

function withFiles(files: readonly NamedFile[]) {
  const read = files.map(({ name, content }) => ({ name, content: Buffer.from(content) }))
  if (read.some(({ content }) => content.length > UPLOAD_BYTES))
    throw new DiscordError('upload', { kind: 'refused', status: 413, code: 40_005, description: 'larger than 10 MB' })
  return read.length > 0 ? { files: read } : {}
}

const attached = (files: readonly NamedFile[]) =>
  files.length > 0 ? { attachments: files.map(({ name }, id) => ({ id, filename: name })) } : {}

/** Discord shows the name as it is, and takes no path. */
const fileName = (name: string): string => name.replace(/[\r\n"\\/<>]+/g, '_').slice(0, 100) || 'file.txt'
