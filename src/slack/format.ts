import { fitControls } from '../chat/fit-controls.ts'
import type { Button, ShownMessage } from '../chat/message.ts'
import { commandNamed } from '../core/commands/catalogue.ts'
import type { Form } from '../outbox/carrier.ts'
import { cut } from '../text/cut.ts'
import { toPlain } from '../text/document/layout.ts'
import type { Node } from '../text/document/nodes.ts'
import { withEntities } from '../text/inert/entities.ts'
import { SlackCallError } from './api-errors.ts'
import { type RichPart, toRichText } from './rich-text.ts'

interface PlainText {
  type: 'plain_text'
  text: string
  emoji: false
}
interface SlackButton {
  type: 'button'
  action_id: string
  text: PlainText
  value: string
  style?: 'primary' | 'danger'
}
interface SlackSelect {
  type: 'static_select'
  action_id: string
  placeholder: PlainText
  options: { text: PlainText; value: string }[]
}
export type SlackBlock =
  | { type: 'rich_text'; elements: RichPart[] }
  | { type: 'section'; text: PlainText }
  | { type: 'actions'; elements: (SlackButton | SlackSelect)[] }

/** What a message is to Slack. `text` is what a notification shows, and all there is without blocks. */
export interface SlackMessage {
  text: string
  blocks?: SlackBlock[]
}

/** Slack's limits; one violation refuses the whole message, so they are measured before it is sent. */
const LIMITS = {
  blocks: 50,
  elements: 25,
  section: 3_000,
  label: 75,
  value: 2_000,
  optionValue: 150,
  options: 100,
  all: 13_000,
}
/** A push notification shows less. */
const NOTICE_UNITS = 3_000
/** Longer than this nobody looks for a button. */
const MOST_ROWS = 8
/** What stands side by side in a narrow window. */
const ROW_UNITS = 45

/** Writes a message for Slack, as fully as `form` says. */
export function formatForSlack(message: ShownMessage, form: Form): SlackMessage {
  const body = asTyped(message.body)
  const named = (message.hearers ?? []).flatMap((hearer) => mentionOf(hearer) ?? [])
  const names = named
    .map((mention) => `${'user_id' in mention ? `<@${mention.user_id}>` : `<!subteam^${mention.usergroup_id}>`} `)
    .join('')
  const plain = toPlain(body)
  if (form === 'bare') return { text: `${names}${withEntities(plain)}` }
  const words = form === 'full' ? richBlocks(body, named) : plainBlocks(plain)
  const blocks = [...words, ...actionBlocks(message.buttons ?? [])]
  return { text: `${names}${withEntities(cut(plain, NOTICE_UNITS))}`, blocks }
}

type Mention = { type: 'user'; user_id: string } | { type: 'usergroup'; usergroup_id: string }

/** Somebody, or a group that a role names; undefined for what is neither. */
function mentionOf(hearer: string): Mention | undefined {
  if (/^[UW][A-Z0-9]+$/.test(hearer)) return { type: 'user', user_id: hearer }
  const group = /^slack-group:(S[A-Z0-9]+)$/.exec(hearer)?.[1]
  return group === undefined ? undefined : { type: 'usergroup', usergroup_id: group }
}

/** Slack keeps words with a slash for itself, and has none in threads: `/status` is typed as `!status`. */
function asTyped(body: readonly Node[]): Node[] {
  return body.map((node) =>
    typeof node === 'string'
      ? node.replace(/(^|[\s(])\/([a-z]+)\b/g, (all, before: string, name: string) =>
          commandNamed('chat', name) ? `${before}!${name}` : all,
        )
      : node,
  )
}

function richBlocks(body: readonly Node[], named: readonly Mention[]): SlackBlock[] {
  const parts = toRichText(body)
  const [first] = parts
  if (named.length === 0) return parts.length > 0 ? [{ type: 'rich_text', elements: parts }] : []
  const names = named.flatMap((mention) => [mention, { type: 'text' as const, text: ' ' }])
  const elements: RichPart[] =
    first?.type === 'rich_text_section'
      ? [{ ...first, elements: [...names, ...first.elements] }, ...parts.slice(1)]
      : [{ type: 'rich_text_section', elements: names }, ...parts]
  return [{ type: 'rich_text', elements }]
}

function plainBlocks(text: string): SlackBlock[] {
  const chunks = text.match(new RegExp(`[\\s\\S]{1,${LIMITS.section - 1}}(?![\\uDC00-\\uDFFF])`, 'g')) ?? []
  return chunks.filter((chunk) => chunk.trim() !== '').map((chunk) => ({ type: 'section', text: plainText(chunk) }))
}

const plainText = (text: string): PlainText => ({ type: 'plain_text', text, emoji: false })

/** Each row a block; where there are many, options are in lists. */
function actionBlocks(rows: readonly Button[][]): SlackBlock[] {
  const fitted = fitControls(rows, {
    ...{ rows: MOST_ROWS, perRow: LIMITS.elements, options: LIMITS.options, rowUnits: ROW_UNITS },
  })
  return fitted.map((row, i) => ({
    type: 'actions',
    elements:
      'list' in row ? [select(row.list, i)] : row.buttons.map((button, nth) => slackButton(button, `b${i}.${nth}`)),
  }))
}

function slackButton({ text, data, style }: Button, id: string): SlackButton {
  const colour = style === 'danger' ? 'danger' : style === undefined ? undefined : 'primary'
  return {
    ...{ type: 'button', action_id: id, text: plainText(cut(text, LIMITS.label)), value: data },
    ...(colour && { style: colour }),
  }
}

function select(options: readonly Button[], place: number): SlackSelect {
  return {
    type: 'static_select',
    action_id: `s${place}`,
    placeholder: plainText('Pick one'),
    options: options.map(({ text, data }) => ({ text: plainText(cut(text, LIMITS.label)), value: data })),
  }
}

/** Throws what Slack would say about blocks that are too large: they are sent in a plainer form then, and never cut. */
export function measured({ text, blocks }: SlackMessage): SlackMessage {
  if (!blocks) return { text }
  const refuse = (error: string) => {
    throw new SlackCallError('Measured before sending', { kind: 'refused', error })
  }
  if (blocks.length > LIMITS.blocks) refuse('invalid_blocks')
  for (const block of blocks) {
    if (block.type !== 'actions') continue
    if (block.elements.length > LIMITS.elements) refuse('invalid_blocks')
    for (const one of block.elements) {
      const values = one.type === 'button' ? [one.value] : one.options.map(({ value }) => value)
      const most = one.type === 'button' ? LIMITS.value : LIMITS.optionValue
      if (values.some((value) => value === '' || value.length > most)) refuse('invalid_blocks')
    }
  }
  if (textUnits(blocks) > LIMITS.all) refuse('msg_blocks_too_long')
  return { text, blocks }
}

/** All that can be read in them. */
function textUnits(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textUnits(one), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, one]) => {
    return sum + (typeof one === 'string' ? (key === 'text' || key === 'url' ? one.length : 0) : textUnits(one))
  }, 0)
}
