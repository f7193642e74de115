import type { Deed, Incoming } from '../chat/incoming.ts'
import { typedCommand } from '../chat/typed-command.ts'
import { formPlaceOf } from './form.ts'
import { type Heard, heardId } from './heard.ts'
import { tapIdOf } from './place.ts'

/** Where Baton is on Slack. */
export interface Home {
  /** The bot's own id, once it is known. */
  botUser: string | undefined
  /** The channel for all messages. */
  channel: string | undefined
}

/** Who did it is said by whoever knows their name. */
export type Read = Omit<Incoming, 'by'>

const YES = new Set(['+1', 'thumbsup', 'white_check_mark', 'heavy_check_mark', 'ok', 'ok_hand'])
const NO = new Set(['-1', 'thumbsdown', 'x', 'no_entry', 'no_entry_sign', 'negative_squared_cross_mark'])

/** What a person did, for the chat; undefined where it is about nothing that a chat knows. */
export function readHeard(heard: Heard, home: Home): Read | undefined {
  const id = heardId(heard)
  switch (heard.kind) {
    case 'message':
      return { id, ...readWritten(heard, home) }
    case 'reaction': {
      const name = heard.name.replace(/::skin-tone-\d$/, '')
      const means = YES.has(name) ? 'yes' : NO.has(name) ? 'no' : undefined
      if (means === undefined) return undefined
      return { id, ...at(heard), messageId: heard.ts, thread: heard.ts, deed: { kind: 'reaction', means } }
    }
    case 'tap': {
      const { channel, ts, user, thread = isDirect(channel) ? undefined : ts, triggerId, data } = heard
      const there = thread === undefined ? {} : { thread }
      const tapId = tapIdOf({ channel, messageId: ts, userId: user, triggerId, ...there })
      return { id, ...at(heard), messageId: ts, ...there, deed: { kind: 'tap', tapId, data } }
    }
    case 'form': {
      const place = formPlaceOf(heard.metadata)
      if (!place) return undefined
      const { data, channel, messageId, thread } = place
      const there = thread === undefined ? {} : { thread }
      const tapId = tapIdOf({ channel, messageId, userId: heard.user, ...there })
      const deed: Deed = { kind: 'form', tapId, data, text: heard.text }
      return { id, ...at({ channel, user: heard.user }), messageId, ...there, deed }
    }
    case 'command':
      // It is no message that others can see: nothing hangs on it.
      return {
        id,
        ...at(heard),
        messageId: `${heard.at}@command`,
        deed: { kind: 'words', text: slashCommand(heard.text) },
      }
  }
}

const isDirect = (channel: string) => channel.startsWith('D')

/** A person's own chat is known by the person. */
const at = ({ channel, user }: { channel: string; user: string }) => ({ chatId: isDirect(channel) ? user : channel })

function readWritten(heard: Extract<Heard, { kind: 'message' }>, { botUser }: Home): Omit<Read, 'id'> {
  const { ts, thread, files = [], user, channel } = heard
  const isPrivate = heard.isDirect || isDirect(channel)
  const { text, isMeant } = addressed(heard.text, botUser, isPrivate)
  // Where people talk with each other, the answer to somebody hangs on what they wrote.
  const root = thread ?? (isPrivate ? undefined : ts)
  const repliedTo = thread !== undefined && {
    repliedTo: { messageId: thread, isFromBot: true, buttons: [], isThread: true as const },
  }
  const more = { ...repliedTo, ...(!isMeant && { isOverheard: true as const }) }
  const [file] = files
  const deed: Deed = file
    ? {
        ...{ kind: 'file', caption: heard.nth ? '' : text, ...more },
        file: { id: file.id, name: file.name, bytes: file.bytes, isDocument: !file.isImage },
      }
    : { kind: 'words', text, ...more }
  return {
    ...{ chatId: isPrivate ? user : channel, messageId: ts, sentAt: Math.round(Number(ts) * 1000), deed },
    ...(root !== undefined && { thread: root }),
  }
}

/** `@baton approve 3`, `!approve 3`: a command, and words to Baton; everything else in a channel is only overheard. */
function addressed(raw: string, botUser: string | undefined, isPrivate: boolean): { text: string; isMeant: boolean } {
  const mention = botUser === undefined ? undefined : new RegExp(`<@${botUser}(?:\\|[^>]*)?>`)
  const isNamed = mention?.test(raw) === true
  const text = plainWords(mention ? raw.replace(mention, '') : raw).trim()
  if (isNamed && text === '') return { text: '/help', isMeant: true }
  const command = typedCommand(text, { isCalled: isNamed, isPrivate })
  return { text: command ?? text, isMeant: command !== undefined || isNamed || isPrivate }
}

/**
 * What follows `/baton` is a command, or none that Baton knows: others do not see it, so that nothing could hang on it. None at
 * all asks for help.
 */
function slashCommand(written: string): string {
  const text = written.trim().replace(/^[!/]+/, '')
  return typedCommand(`/${text}`, { isCalled: true, isPrivate: false }) ?? '/help'
}

/** Slack writes links, names and three characters in its own way. */
function plainWords(raw: string): string {
  return raw
    .replace(/<([^<>]+)>/g, (_, inside: string) => {
      const [target = '', label] = inside.split('|', 2)
      if (label !== undefined && /^[#!]/.test(target)) return `${target.startsWith('#') ? '#' : ''}${label}`
      return target.replace(/^mailto:/, '')
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
