import { inThread } from '../chat/call-trouble.ts'
import type { MessageRef, Sendable, Transport, WordsForm } from '../chat/transport.ts'
import { cut } from '../text/cut.ts'
import { withEntities } from '../text/inert/entities.ts'
import { slackTroubleOf } from './api-errors.ts'
import { classifySlackFailure } from './classify-failure.ts'
import type { CallSlack } from './connection.ts'
import { createSlackDownload, nameOnSlack, SLACK_DOWNLOAD_BYTES, SLACK_UPLOAD_BYTES, uploadDocument } from './files.ts'
import { findPost } from './find-post.ts'
import { wordsView } from './form.ts'
import { formatForSlack, measured } from './format.ts'
import { tapPlaceOf } from './place.ts'

export interface SlackTransportOptions {
  call: CallSlack
  token: string
  apiUrl?: string
  /** A tap could not be answered. */
  onTrouble: (text: string) => void
}

/** An edit takes this much text. */
const EDIT_UNITS = 3_900
const WORD_UNITS = 2_000
/** Taps that are over; an old one is refused by Slack itself. */
const REMEMBERED_TAPS = 500

/** People have a chat of their own under their own id. */
const isPerson = (chatId: string): boolean => /^[UW]/.test(chatId)

/** A message that others can see, which a thread can hang on. */
const asThread = (ref: MessageRef | undefined) =>
  ref === undefined || !/^\d+\.\d+$/.test(ref) ? {} : { thread_ts: ref }

const NO_THREAD = new Set(['thread_not_found', 'cannot_reply_to_message', 'invalid_thread_ts'])

/** A thread whose first message was deleted is none. */
function isThreadGone(error: unknown): boolean {
  const trouble = slackTroubleOf(error)
  return trouble.kind === 'refused' && NO_THREAD.has(trouble.error)
}

/** Slack's Web API as a transport; hearing is the sockets' part. */
export function createSlackTransport({ call, token, apiUrl, onTrouble }: SlackTransportOptions): Transport {
  const directs = new Map<string, string>()
  /** A person's own chat has an id of its own, which Slack gives out. */
  const channelOf = async (chatId: string, signal?: AbortSignal): Promise<string> => {
    if (!isPerson(chatId)) return chatId
    const known = directs.get(chatId)
    if (known !== undefined) return known
    const { channel } = await call<{ channel: { id: string } }>('conversations.open', { users: chatId }, signal)
    directs.set(chatId, channel.id)
    return channel.id
  }
  const over = new Set<string>()
  /** True the first time. */
  const isFirst = (tapId: string): boolean => {
    if (over.has(tapId)) return false
    if (over.size >= REMEMBERED_TAPS) over.delete(over.values().next().value ?? '')
    over.add(tapId)
    return true
  }
  const post = async (chatId: string, what: Sendable, form: Parameters<Transport['send']>[2], signal: AbortSignal) => {
    const channel = await channelOf(chatId, signal)
    if ('document' in what)
      return inThread(what.thread, isThreadGone, (thread) =>
        uploadDocument(call, channel, { ...what, ...asDocumentThread(thread) }, signal),
      )
    const { message, replyTo, key } = what
    const { hearers = [], ...words } = message
    const formatted = measured(formatForSlack(isPerson(chatId) ? words : { ...words, hearers }, form))
    return inThread(what.thread ?? replyTo, isThreadGone, async (thread) => {
      const there = asThread(thread)
      const sent = await call<{ ts: string }>(
        'chat.postMessage',
        {
          ...{ channel, ...formatted, ...there },
          // Nothing a model wrote is ever fetched: a preview could carry data out.
          ...{ unfurl_links: false, unfurl_media: false, ...(!formatted.blocks && { mrkdwn: false }) },
          // In a thread only those hear it who follow.
          ...(there.thread_ts !== undefined && !message.silent && !isPerson(chatId) && { reply_broadcast: true }),
          ...(key !== undefined && { metadata: { event_type: 'baton_delivery', event_payload: { key } } }),
        },
        signal,
      )
      return sent.ts
    })
  }

  return {
    name: 'slack',
    limits: {
      textUnits: 4_096,
      downloadBytes: SLACK_DOWNLOAD_BYTES,
      uploadBytes: SLACK_UPLOAD_BYTES,
      // 50 edits a minute, for all channels together.
      editGapMs: () => 3_000,
    },
    format: formatForSlack,
    send: post,
    async edit(chatId, messageId, { asksForReply: _, hearers: __, ...message }, form, signal) {
      const channel = await channelOf(chatId, signal)
      const { text, blocks = [] } = measured(formatForSlack(message, form))
      // With blocks an edited message is not called edited; without any, those that stand there go.
      return call('chat.update', { channel, ts: messageId, text: cut(text, EDIT_UNITS), blocks }, signal)
    },
    async delete(chatId, messageId, signal) {
      return call('chat.delete', { channel: await channelOf(chatId, signal), ts: messageId }, signal)
    },
    async findSent(chatId, what, since, signal) {
      const channel = await channelOf(chatId, signal)
      const thread = what.thread ?? ('replyTo' in what ? what.replyTo : undefined)
      return findPost(call, { channel, since, ...asThread(thread) }, sought(what), signal)
    },
    classify: classifySlackFailure,
    reach: (signal) => call('auth.test', {}, signal),
    /** A button does not spin. Its message shows what was decided; a refusal is told to this person alone. */
    async answer(tapId, text, alert = false) {
      const place = tapPlaceOf(tapId)
      isFirst(tapId)
      if (!place || text === undefined || !alert) return
      const { channel, userId: user, thread } = place
      try {
        await call('chat.postEphemeral', {
          ...{ channel, user, text: withEntities(cut(text, WORD_UNITS)), mrkdwn: false },
          ...asThread(thread),
        })
      } catch (error) {
        onTrouble(String(error))
      }
    },
    async openForm(tapId: string, form: WordsForm) {
      const { triggerId, channel, thread, messageId } = tapPlaceOf(tapId) ?? {}
      if (triggerId === undefined || channel === undefined || !isFirst(tapId)) return false
      const view = wordsView(form, { channel, messageId: messageId ?? '', ...(thread !== undefined && { thread }) })
      try {
        await call('views.open', { trigger_id: triggerId, view })
        return true
      } catch {
        return false
      }
    },
    download: createSlackDownload(call, token, apiUrl),
    ownName: async () => (await call<{ user: string }>('auth.test')).user,
    isShared: (chatId) => !isPerson(chatId),
    hasThreads: (chatId) => !isPerson(chatId),
    isPrivateWith: (chatId, personId) => chatId === personId,
    allowedBy: 'slack.users',
  }
}

const asDocumentThread = (thread: MessageRef | undefined): { thread?: MessageRef } => {
  const { thread_ts: ref } = asThread(thread)
  return ref === undefined ? {} : { thread: ref }
}

function sought(what: Sendable) {
  if (!('document' in what)) return { key: what.key ?? '' }
  return { file: { name: nameOnSlack(what.document.name), bytes: Buffer.byteLength(what.document.content) } }
}
