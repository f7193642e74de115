import { FIELD, FORM_ID } from './form.ts'

/** A file with a message. */
interface HeardFile {
  id: string
  name: string
  bytes: number
  isImage: boolean
}

/** What somebody did on Slack, as it is stored before it is acknowledged: what is needed of it, and nothing else. */
export type Heard =
  | {
      kind: 'message'
      channel: string
      isDirect: boolean
      ts: string
      user: string
      text: string
      thread?: string
      /** One: a message with several counts as so many. */
      files?: HeardFile[]
      /** Which of them, from 0. */
      nth?: number
    }
  | { kind: 'reaction'; channel: string; ts: string; user: string; name: string }
  | {
      kind: 'tap'
      channel: string
      ts: string
      user: string
      at: string
      data: string
      triggerId: string
      thread?: string
    }
  | { kind: 'form'; view: string; user: string; metadata: string; text: string }
  | { kind: 'command'; channel: string; user: string; text: string; triggerId: string; at: string }

/**
 * What it is known by. The same comes again: under another envelope, as a message and as a mention, and when the history is
 * read after a gap.
 */
export function heardId(heard: Heard): string {
  switch (heard.kind) {
    case 'message':
      return `message:${heard.channel}:${heard.ts}${heard.nth ? `:${heard.nth}` : ''}`
    case 'reaction':
      return `reaction:${heard.channel}:${heard.ts}:${heard.user}:${heard.name}`
    case 'tap':
      return `tap:${heard.channel}:${heard.ts}:${heard.user}:${heard.at}`
    case 'form':
      return `form:${heard.view}`
    case 'command':
      return `command:${heard.triggerId}`
  }
}

/** A message with several files as one for each; its words go with the first. */
export function oneForEachFile(heard: Heard): Heard[] {
  if (heard.kind !== 'message' || (heard.files?.length ?? 0) < 2) return [heard]
  return (heard.files ?? []).map((file, nth) => ({ ...heard, files: [file], ...(nth > 0 && { nth }) }))
}

/** Messages of a person that are no news about a channel. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message'])

type Fields = Record<string, unknown>
const fieldsIn = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads an event, or a message of a channel's history; undefined for what is not asked for, edits and our own posts among it. */
export function readSlackMessage(given: unknown, from?: { channel: string; isDirect: boolean }): Heard | undefined {
  const { type, subtype, user, text, ts, thread_ts: thread, bot_id: bot, ...more } = fieldsIn(given)
  if (type !== 'message' && type !== 'app_mention') return undefined
  if (bot !== undefined || !WRITTEN.has(subtype as string | undefined)) return undefined
  const channel = from?.channel ?? textIn(more.channel)
  const [who, at] = [textIn(user), textIn(ts)]
  if (channel === undefined || who === undefined || at === undefined) return undefined
  const files = filesIn(more.files)
  return {
    kind: 'message',
    ...{ channel, isDirect: from?.isDirect ?? more.channel_type === 'im', ts: at, user: who, text: textIn(text) ?? '' },
    ...(textIn(thread) !== undefined && thread !== ts && { thread: String(thread) }),
    ...(files.length > 0 && { files }),
  }
}

function filesIn(given: unknown): HeardFile[] {
  if (!Array.isArray(given)) return []
  return given.flatMap((one): HeardFile[] => {
    const { id, name, size, mimetype } = fieldsIn(one)
    const known = textIn(id)
    if (known === undefined) return []
    const bytes = typeof size === 'number' && size >= 0 ? size : 0
    return [{ id: known, name: textIn(name) ?? known, bytes, isImage: String(mimetype).startsWith('image/') }]
  })
}

/** Reads what came through a socket; undefined for what is not asked for. `now`: Slack's time, as far as it is known. */
export function readEnvelope(type: string, body: unknown, now: string): Heard | undefined {
  if (type === 'events_api') return readEvent(fieldsIn(fieldsIn(body).event))
  if (type === 'slash_commands') return readCommand(fieldsIn(body), now)
  if (type !== 'interactive') return undefined
  const payload = fieldsIn(body)
  if (payload.type === 'block_actions') return readTap(payload)
  return payload.type === 'view_submission' ? readForm(payload) : undefined
}

function readEvent(event: Fields): Heard | undefined {
  if (event.type !== 'reaction_added') return readSlackMessage(event)
  const { user, reaction, item } = event
  const { type, channel, ts } = fieldsIn(item)
  const [who, name, where, which] = [textIn(user), textIn(reaction), textIn(channel), textIn(ts)]
  if (type !== 'message' || who === undefined || name === undefined || where === undefined || which === undefined)
    return undefined
  return { kind: 'reaction', channel: where, ts: which, user: who, name }
}

function readCommand({ channel_id, user_id, text, trigger_id }: Fields, at: string): Heard | undefined {
  const [channel, user, triggerId] = [textIn(channel_id), textIn(user_id), textIn(trigger_id)]
  if (channel === undefined || user === undefined || triggerId === undefined) return undefined
  return { kind: 'command', channel, user, text: textIn(text) ?? '', triggerId, at }
}

function readTap({ user, container, message, actions, trigger_id }: Fields): Heard | undefined {
  const [action] = Array.isArray(actions) ? actions : []
  const { value, selected_option: option, action_ts: at } = fieldsIn(action)
  const { channel_id, message_ts } = fieldsIn(container)
  const thread = textIn(fieldsIn(message).thread_ts)
  const data = textIn(value) ?? textIn(fieldsIn(option).value)
  const [who, channel, ts] = [textIn(fieldsIn(user).id), textIn(channel_id), textIn(message_ts)]
  if (who === undefined || channel === undefined || ts === undefined || data === undefined) return undefined
  return {
    ...{ kind: 'tap', channel, ts, user: who, at: textIn(at) ?? '', data, triggerId: textIn(trigger_id) ?? '' },
    ...(thread !== undefined && thread !== ts && { thread }),
  }
}

function readForm({ user, view }: Fields): Heard | undefined {
  const { id, private_metadata: metadata, callback_id, state } = fieldsIn(view)
  const written = fieldsIn(fieldsIn(fieldsIn(fieldsIn(state).values)[FIELD])[FIELD]).value
  const [who, which] = [textIn(fieldsIn(user).id), textIn(id)]
  if (callback_id !== FORM_ID || who === undefined || which === undefined) return undefined
  return { kind: 'form', view: which, user: who, metadata: textIn(metadata) ?? '', text: textIn(written) ?? '' }
}
