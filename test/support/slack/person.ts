import { buttonsOf, wordsOf } from './blocks.ts'
import type { Events } from './events.ts'
import { directOf } from './methods.ts'
import { messageIn, type SlackMessage, type World } from './world.ts'

/** A message as a person sees it. */
export interface SeenOnSlack {
  ts: string
  text: string
  buttons: { label: string; value: string }[]
  thread?: string
  isBroadcast: boolean
  /** It names this person, so that they hear it. */
  names: boolean
  onlyForMe: boolean
  byBot: boolean
  files: { id: string; name: string; content: string }[]
}

interface NewFile {
  name: string
  content: string | Buffer
  /** Default: a text. */
  mimetype?: string
}

/** Somebody who uses Slack. */
export function createSlackPerson(world: World, events: Events, who: { id: string; name: string }) {
  const { id } = who
  world.users.set(id, who)
  const seen = (message: SlackMessage): SeenOnSlack => ({
    ts: message.ts,
    text: message.blocks ? wordsOf(message.blocks) : unescaped(message.text),
    buttons: buttonsOf(message.blocks ?? []).map(({ label, value }) => ({ label, value })),
    ...(message.thread_ts !== undefined && message.thread_ts !== message.ts && { thread: message.thread_ts }),
    isBroadcast: message.isBroadcast === true,
    names: message.blocks
      ? JSON.stringify(message.blocks).includes(`"user_id":"${id}"`)
      : message.text.includes(`<@${id}>`),
    onlyForMe: message.onlyFor === id,
    byBot: message.bot_id !== undefined,
    files: (message.files ?? []).map((file) => ({ id: file.id, name: file.name, content: String(file.bytes) })),
  })
  const trigger = () => {
    const triggerId = world.nextId('trigger')
    world.triggers.set(triggerId, { user: id, at: world.now() })
    return triggerId
  }
  const sees = (channel: string): SeenOnSlack[] =>
    (world.channels.get(channel)?.messages ?? [])
      .filter(({ onlyFor }) => onlyFor === undefined || onlyFor === id)
      .map(seen)
  /** The last message in the channel whose words hold these. */
  const find = (channel: string, words: string): SeenOnSlack | undefined =>
    sees(channel).findLast(({ text, byBot }) => byBot && text.includes(words))

  return {
    id,
    direct: () => directOf(world, id).id,
    sees,
    find,
    /** Writes, with a file where one is given. Nobody waits for what comes of it. */
    writes: (
      channel: string,
      text: string,
      options: { thread?: string; file?: NewFile; files?: NewFile[] } = {},
    ): string => {
      const { thread, file, files = file ? [file] : [] } = options
      const made = files.map(({ name, content, mimetype = 'text/plain' }) => {
        const bytes = Buffer.from(content)
        return { id: world.nextId('F'), name, size: bytes.length, mimetype, bytes }
      })
      for (const one of made) world.files.set(one.id, one)
      const message: SlackMessage = {
        ...{ ts: world.nextTs(), channel, user: id, text, reactions: [] },
        ...(thread !== undefined && { thread_ts: thread }),
        ...(made.length > 0 && { files: made, subtype: 'file_share' }),
      }
      const place = world.channels.get(channel)
      place?.messages.push(message)
      const shownFiles = made.map(({ bytes: _, ...shown }) => shown)
      const event = {
        ...{ type: 'message', channel, channel_type: place?.direct ? 'im' : 'channel', user: id, text, ts: message.ts },
        ...(thread !== undefined && { thread_ts: thread }),
        ...(made.length > 0 && { subtype: 'file_share', files: shownFiles }),
      }
      void events.event(event)
      // A mention comes a second time, as what it is.
      if (text.includes(`<@${world.botUser}>`)) void events.event({ ...event, type: 'app_mention' })
      return message.ts
    },
    reacts: (channel: string, ts: string, name: string) => {
      const message = messageIn(world, channel, ts)
      const known = message?.reactions.find((one) => one.name === name)
      if (known) known.users.push(id)
      else message?.reactions.push({ name, users: [id] })
      return events.event({
        type: 'reaction_added',
        user: id,
        reaction: name,
        item: { type: 'message', channel, ts },
        event_ts: world.nextTs(),
      })
    },
    /** Taps, or picks from a list; undefined: Slack shows an error. */
    taps: (channel: string, ts: string, value: string) => {
      const message = messageIn(world, channel, ts)
      const found = buttonsOf(message?.blocks ?? []).find((one) => one.value === value || one.label === value)
      if (!message || !found) throw new Error(`No button ${value} under ${ts} in ${channel}`)
      return events.act('interactive', {
        type: 'block_actions',
        ...{
          user: { id, username: who.name.toLowerCase() },
          trigger_id: trigger(),
          response_url: 'https://hooks.slack.com/actions/x',
        },
        container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
        channel: { id: channel },
        message: { ts, ...(message.thread_ts !== undefined && { thread_ts: message.thread_ts }) },
        actions: [{ ...found.action, action_ts: world.nextTs(), block_id: 'x' }],
      })
    },
    /** A tap that nobody's client would make. */
    forges: (channel: string, ts: string, value: string) =>
      events.act('interactive', {
        ...{ type: 'block_actions', user: { id }, trigger_id: trigger(), channel: { id: channel } },
        container: { type: 'message', message_ts: ts, channel_id: channel },
        actions: [{ type: 'button', action_id: 'b0.0', value, action_ts: world.nextTs() }],
      }),
    commands: (channel: string, text: string) =>
      events.act('slash_commands', {
        command: '/baton',
        text,
        user_id: id,
        user_name: who.name.toLowerCase(),
        channel_id: channel,
        trigger_id: trigger(),
      }),
    trigger,
    /** The window that is open for this person. */
    window: () => [...world.views.values()].findLast(({ user }) => user === id),
    submits: (text: string) => {
      const open = [...world.views.values()].findLast(({ user }) => user === id)
      if (!open) throw new Error('No window is open')
      world.views.delete(open.id)
      const { blocks, ...view } = open.view as {
        blocks: { type: string; block_id?: string; element?: { action_id: string } }[]
      }
      const input = blocks.find(({ type }) => type === 'input')
      const values = {
        [input?.block_id ?? '']: { [input?.element?.action_id ?? '']: { type: 'plain_text_input', value: text } },
      }
      return events.act('interactive', {
        type: 'view_submission',
        user: { id },
        view: { ...view, id: open.id, state: { values } },
      })
    },
    deletes: (channel: string, ts: string) => {
      const place = world.channels.get(channel)
      if (place) place.messages = place.messages.filter((message) => message.ts !== ts)
    },
  }
}

export type SlackPerson = ReturnType<typeof createSlackPerson>

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
