import { checkBlocks, checkView } from './blocks.ts'
import { Refusal } from './refusal.ts'
import { messageIn, type SlackChannel, type SlackMessage, shownMessage, type World } from './world.ts'

type Fields = Record<string, string>
type Method = (fields: Fields) => Record<string, unknown>

/** What each method asks of the app. */
export const SCOPES: Readonly<Record<string, string | undefined>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'conversations.open': 'im:write',
  'conversations.list': 'im:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.info': 'files:read',
  'reactions.get': 'reactions:read',
  'users.info': 'users:read',
  'usergroups.list': 'usergroups:read',
  'conversations.info': 'channels:read',
}

const parsed = (written: string | undefined, error: string): unknown => {
  if (written === undefined) return undefined
  try {
    return JSON.parse(written)
  } catch {
    throw new Refusal(error)
  }
}

/** The methods of the Web API that an app like Baton uses, as strict as Slack is. */
export function webMethods(world: World, root: () => string): Record<string, Method> {
  const channelOf = ({ channel = '' }: Fields): SlackChannel => {
    // A message to a member id goes to their own chat; nothing else takes one.
    const found = world.channels.get(channel)
    if (!found) throw new Refusal('channel_not_found')
    if (found.isArchived) throw new Refusal('is_archived')
    if (!found.members.includes(world.botUser)) throw new Refusal('not_in_channel')
    return found
  }
  const contentOf = (fields: Fields, mostText: number): Pick<SlackMessage, 'text' | 'blocks'> => {
    const { text = '', blocks: written } = fields
    const blocks = parsed(written, 'invalid_blocks_format') as unknown[] | undefined
    if (blocks !== undefined && blocks.length > 0) checkBlocks(blocks)
    if (text === '' && (blocks ?? []).length === 0) throw new Refusal('no_text')
    if (text.length > mostText) throw new Refusal('msg_too_long')
    return { text, ...(blocks !== undefined && blocks.length > 0 && { blocks }) }
  }
  const own = (fields: Fields): SlackMessage => {
    const message = messageIn(world, channelOf(fields).id, fields.ts ?? '')
    if (!message || message.onlyFor !== undefined) throw new Refusal('message_not_found')
    return message
  }
  const rootOf = (channel: string, thread: string | undefined) => {
    if (thread === undefined) return {}
    const root = messageIn(world, channel, thread)
    if (!root) throw new Refusal('thread_not_found')
    return { thread_ts: root.thread_ts ?? root.ts }
  }
  const page = (messages: SlackMessage[], { limit = '100', cursor, oldest = '0', include_all_metadata }: Fields) => {
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString())
    const after = messages.filter(({ ts }) => Number(ts) > Number(oldest))
    const some = after.slice(from, from + Number(limit))
    const next = from + some.length < after.length ? Buffer.from(String(from + some.length)).toString('base64') : ''
    const shown = some.map((message) => {
      const { metadata, ...rest } = shownMessage(message)
      return { ...rest, ...(include_all_metadata === 'true' && metadata && { metadata }) }
    })
    return { messages: shown, has_more: next !== '', response_metadata: { next_cursor: next } }
  }
  const visible = ({ messages }: SlackChannel) => messages.filter(({ onlyFor }) => onlyFor === undefined)

  return {
    'auth.test': () => ({
      url: 'https://baton.slack.com/',
      team: 'Team',
      user: 'baton',
      user_id: world.botUser,
      bot_id: 'BBATON',
    }),
    'chat.postMessage': (fields) => {
      const channel = channelOf(fields)
      const metadata = parsed(fields.metadata, 'metadata_must_be_sent_from_app') as SlackMessage['metadata']
      if (metadata && !/^\w{1,64}$/.test(metadata.event_type)) throw new Refusal('invalid_metadata_format')
      const thread = rootOf(channel.id, fields.thread_ts)
      const message: SlackMessage = {
        ...{ ts: world.nextTs(), channel: channel.id, user: world.botUser, bot_id: 'BBATON', reactions: [] },
        ...contentOf(fields, 40_000),
        ...thread,
        ...(fields.reply_broadcast === 'true' && { isBroadcast: true }),
        ...(metadata && { metadata }),
      }
      channel.messages.push(message)
      world.emit({ ...shownMessage(message), channel: channel.id, channel_type: channel.direct ? 'im' : 'channel' })
      return { channel: channel.id, ts: message.ts, message: shownMessage(message) }
    },
    'chat.update': (fields) => {
      const message = own(fields)
      if (message.bot_id === undefined) throw new Refusal('cant_update_message')
      const { text, blocks } = contentOf(fields, 4_000)
      // Text without blocks takes the blocks away.
      if (blocks === undefined) delete message.blocks
      Object.assign(message, { text, ...(blocks && { blocks }), isEdited: blocks === undefined })
      world.emit({
        type: 'message',
        subtype: 'message_changed',
        channel: message.channel,
        message: shownMessage(message),
        ts: world.nextTs(),
      })
      return { channel: message.channel, ts: message.ts, text }
    },
    'chat.delete': (fields) => {
      const message = own(fields)
      if (message.bot_id === undefined) throw new Refusal('cant_delete_message')
      const channel = channelOf(fields)
      channel.messages = channel.messages.filter((one) => one !== message)
      return { channel: channel.id, ts: message.ts }
    },
    'chat.postEphemeral': (fields) => {
      const channel = channelOf(fields)
      if (!channel.members.includes(fields.user ?? '')) throw new Refusal('user_not_in_channel')
      const message: SlackMessage = {
        ...{ ts: world.nextTs(), channel: channel.id, user: world.botUser, bot_id: 'BBATON', reactions: [] },
        ...contentOf(fields, 40_000),
        ...rootOf(channel.id, fields.thread_ts),
        onlyFor: fields.user ?? '',
      }
      channel.messages.push(message)
      return { message_ts: message.ts }
    },
    'conversations.open': ({ users = '' }) => {
      if (!world.users.has(users)) throw new Refusal('user_not_found')
      return { channel: { id: directOf(world, users).id } }
    },
    'conversations.list': ({ types = 'public_channel', limit = '100', cursor = '0' }) => {
      if (types !== 'im') throw new Refusal('invalid_types')
      const all = [...world.channels.values()].filter(({ direct }) => direct !== undefined)
      const to = Number(cursor) + Number(limit)
      const channels = all.slice(Number(cursor), to).map(({ id, direct }) => ({ id, user: direct, is_im: true }))
      return { channels, response_metadata: { next_cursor: to < all.length ? String(to) : '' } }
    },
    'conversations.info': (fields) => {
      const { id, direct } = channelOf(fields)
      return { channel: { id, name: 'deploys', is_im: direct !== undefined, is_member: true } }
    },
    'conversations.history': (fields) => {
      const channel = channelOf(fields)
      const all = visible(channel)
      const roots = all.filter(
        ({ thread_ts: thread, ts, isBroadcast }) => thread === undefined || thread === ts || isBroadcast,
      )
      const shown = page(roots.toReversed(), fields)
      const messages = shown.messages.map((message) => {
        const last = all.filter(({ thread_ts }) => thread_ts === message.ts).at(-1)
        return { ...message, ...(last && { thread_ts: message.ts, latest_reply: last.ts, reply_count: 1 }) }
      })
      return { ...shown, messages }
    },
    'conversations.replies': (fields) => {
      const channel = channelOf(fields)
      const root = messageIn(world, channel.id, fields.ts ?? '')
      if (!root) throw new Refusal('thread_not_found')
      // The first message comes along, however old it is.
      const replies = visible(channel).filter(({ thread_ts: thread }) => thread === root.ts)
      const shown = page(replies, fields)
      return { ...shown, messages: [shownMessage(root), ...shown.messages] }
    },
    'reactions.get': (fields) => {
      const message = messageIn(world, channelOf(fields).id, fields.timestamp ?? '')
      if (!message) throw new Refusal('message_not_found')
      return { type: 'message', message: shownMessage(message) }
    },
    'users.info': ({ user = '' }) => {
      const found = world.users.get(user)
      if (!found) throw new Refusal('user_not_found')
      return {
        user: {
          id: user,
          name: found.name.toLowerCase(),
          real_name: found.name,
          profile: { display_name: found.name },
        },
      }
    },
    'usergroups.list': () => ({ usergroups: [...world.groups].map(([id, users]) => ({ id, users })) }),
    'views.open': ({ trigger_id: id = '', view: written }) => {
      const trigger = world.triggers.get(id)
      if (!trigger) throw new Refusal('exchanged_trigger_id')
      world.triggers.delete(id)
      if (world.now() - trigger.at > 3_000) throw new Refusal('expired_trigger_id')
      const view = parsed(written, 'invalid_arguments') as Record<string, unknown>
      checkView(view)
      const opened = { id: world.nextId('V'), user: trigger.user, view }
      world.views.set(opened.id, opened)
      return { view: { ...view, id: opened.id } }
    },
    'files.getUploadURLExternal': ({ filename = '', length = '0' }) => {
      if (filename === '' || !(Number(length) > 0)) throw new Refusal('invalid_arguments')
      const id = world.nextId('F')
      world.uploads.set(id, { id, name: filename, length: Number(length) })
      return { upload_url: `${root()}/upload/${id}`, file_id: id }
    },
    'files.completeUploadExternal': (fields) => {
      const channel = channelOf({ channel: fields.channel_id ?? '' })
      const files = parsed(fields.files, 'invalid_arguments') as { id: string; title?: string }[]
      const shown = files.map(({ id }) => {
        const upload = world.uploads.get(id)
        if (!upload?.bytes || upload.bytes.length !== upload.length) throw new Refusal('file_not_found')
        const file = { id, name: upload.name, size: upload.length, mimetype: 'text/plain', bytes: upload.bytes }
        world.uploads.delete(id)
        world.files.set(id, file)
        return file
      })
      channel.messages.push({
        ...{ ts: world.nextTs(), channel: channel.id, user: world.botUser, bot_id: 'BBATON', reactions: [] },
        ...{ text: fields.initial_comment ?? '', files: shown, subtype: 'file_share' },
        ...rootOf(channel.id, fields.thread_ts),
      })
      return { files: shown.map(({ id, name }) => ({ id, title: name })) }
    },
    'files.info': ({ file = '' }) => {
      const found = world.files.get(file)
      if (!found) throw new Refusal('file_not_found')
      const { bytes: _, ...shown } = found
      return { file: { ...shown, url_private_download: `${root()}/files/${file}/${found.name}` } }
    },
  }
}

/** The chat of a person with the bot; it begins when it is needed. */
export function directOf(world: World, user: string): SlackChannel {
  const id = `D${user.slice(1)}`
  const known = world.channels.get(id)
  if (known) return known
  const made: SlackChannel = { id, direct: user, members: [user, world.botUser], messages: [] }
  world.channels.set(id, made)
  return made
}
