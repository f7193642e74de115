import type {
  APIActionRowComponent,
  APIAllowedMentions,
  APIComponentInMessageActionRow,
  APIEmbed,
} from 'discord-api-types/v10'
import { type ControlRow, fitControls } from '../chat/fit-controls.ts'
import type { Button, ShownMessage } from '../chat/message.ts'
import type { Form } from '../outbox/carrier.ts'
import { cut } from '../text/cut.ts'
import { toPlain } from '../text/document/layout.ts'
import type { Node } from '../text/document/nodes.ts'
import { escapeMarkdown, toMarkdown } from './markdown.ts'

/** What Discord takes at most, in UTF-16 units unless it says otherwise. */
export const CONTENT_UNITS = 2_000
export const EMBED_UNITS = 4_096
const LABEL_UNITS = 80
const OPTION_UNITS = 100
const CONTROLS = { rows: 5, perRow: 5, options: 25, rowUnits: 45 }

/** No preview of what somebody wrote is made; not to be used with an embed of ours, which it would hide. */
const SUPPRESS_EMBEDS = 1 << 2

/** A message as it is posted and edited. */
export interface DiscordPost {
  content: string
  embeds: APIEmbed[]
  components: APIActionRowComponent<APIComponentInMessageActionRow>[]
  flags: number
  allowed_mentions: APIAllowedMentions
  /** What is too long to be shown, whole. */
  file?: { name: string; content: string }
}

/**
 * Writes a message for Discord, as fully as `form` says. Words of up to 2,000 units are the content; longer ones keep their
 * beginning there, where a notification shows it, and are an embed from then on. What does not fit there either comes
 * with a file that has all of it: nothing that is decided about is ever only cut.
 */
export function formatDiscordPost(message: ShownMessage, form: Form): DiscordPost {
  const { buttons = [], hearers = [], asksForReply } = message
  const write = form === 'full' ? toMarkdown : (nodes: readonly Node[]) => escapeMarkdown(toPlain(nodes))
  const named = hearers.filter((id) => /^\d{1,20}$/.test(id)).slice(0, MOST_NAMED)
  const inRoles = hearers.flatMap((id) => /^discord-role:(\d{1,20})$/.exec(id)?.[1] ?? [])
  const roles = inRoles.slice(0, MOST_NAMED - named.length)
  const names = [...named.map((id) => `<@${id}>`), ...roles.map((id) => `<@&${id}>`)].join(' ')
  const body = asksForReply === undefined ? message.body : [...message.body, '\n\n', 'Reply to this message.']
  return {
    ...texts(body, write, names),
    components: form === 'bare' ? [] : componentsOf(buttons),
    // Nobody is mentioned by what is written, only those who are named here.
    allowed_mentions: {
      parse: [],
      ...(named.length > 0 && { users: named }),
      ...(roles.length > 0 && { roles }),
    },
  }
}

/** As many as there is room for in 2,000 characters. */
const MOST_NAMED = 80

type Texts = Pick<DiscordPost, 'content' | 'embeds' | 'flags' | 'file'>

function texts(body: readonly Node[], write: (nodes: readonly Node[]) => string, names: string): Texts {
  const after = names === '' ? '' : `\n${names}`
  const short = `${write(body)}${after}`
  if (short.length <= CONTENT_UNITS) return { content: short, embeds: [], flags: SUPPRESS_EMBEDS }
  const [head, rest] = parted(body)
  const first = write(head)
  const content = first.length + after.length <= CONTENT_UNITS ? `${first}${after}` : names
  const long = content === names ? write(body) : write(rest)
  if (long.length <= EMBED_UNITS) return { content, embeds: [{ description: long }], flags: 0 }
  const plain = toPlain(content === names ? body : rest)
  return {
    content,
    embeds: [{ description: `${fitted(plain)}\n\n*All of it is in ${WHOLE}, below.*` }],
    flags: 0,
    file: { name: WHOLE, content: `${toPlain(body)}\n` },
  }
}

const WHOLE = 'message.txt'

/** As much of a text as an embed takes once it is escaped. */
function fitted(plain: string): string {
  for (let units = EMBED_UNITS - 100; ; units = Math.floor(units * 0.8)) {
    const written = escapeMarkdown(cut(plain, units))
    if (written.length <= EMBED_UNITS - 100) return written
  }
}

/** The part before the first blank line, and the rest. */
function parted(body: readonly Node[]): [head: readonly Node[], rest: readonly Node[]] {
  const at = body.indexOf('\n\n')
  return at <= 0 ? [[], body] : [body.slice(0, at), body.slice(at + 1)]
}

const STYLES = { primary: 1, success: 3, danger: 4 } as const

function componentsOf(buttons: readonly (readonly Button[])[]): DiscordPost['components'] {
  const known = new Set<string>()
  // Two of the same data would refuse the whole message.
  const single = buttons.map((row) => row.filter(({ data }) => !known.has(data) && known.add(data)))
  return fitControls(single, CONTROLS).map((row, i) => ({ type: 1, components: controlsOf(row, i) }))
}

function controlsOf(row: ControlRow, nth: number): APIComponentInMessageActionRow[] {
  if ('list' in row) {
    const options = row.list.map(({ text, data }) => ({ label: cut(text, OPTION_UNITS) || '…', value: data }))
    return [{ type: 3, custom_id: `${LIST}${nth}`, placeholder: 'Pick one', options }]
  }
  return row.buttons.map(({ text, data, style }) => ({
    type: 2,
    style: style ? STYLES[style] : 2,
    label: cut(text, LABEL_UNITS) || '…',
    custom_id: data,
  }))
}

/** What the id of a list begins with: what it says is what was picked from it. */
export const LIST = '~list'
