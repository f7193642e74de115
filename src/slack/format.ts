import { fitControls } from '../chat/fit-controls.ts'
import type { Button, ShownMessage } from '../chat/message.ts'
import type { Form } from '../outbox/carrier.ts'
import { cut } from '../text/cut.ts'
import { toPlain } from '../text/document/layout.ts'
import type { Node } from '../text/document/nodes.ts'
import { withEntities } from '../text/inert/entities.ts'
import { SlackCallError } from './api-errors.ts'
import { type RichPart, toRichText } from './rich-text.ts'
import { withTypedHints } from './typed-hints.ts'

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
/** Of labels, where each shorter one leaves room for more of them. */
const LABELS = [LIMITS.label, 40, 20]
const SHORTEST_LABEL = 20
/** What stands side by side in a narrow window. */
const ROW_UNITS = 45

/** Writes a message for Slack, as fully as `form` says. */
export function formatForSlack(message: ShownMessage, form: Form): SlackMessage {
  const body = withTypedHints(message.body)
  const named = (message.hearers ?? []).flatMap((hearer) => mentionOf(hearer) ?? [])
  const names = named
    .map((mention) => `${'user_id' in mention ? `<@${mention.user_id}>` : `<!subteam^${mention.usergroup_id}>`} `)
    .join('')
  const plain = toPlain(body)
  if (form === 'bare') return { text: `${names}${withEntities(plain)}` }
  const words = form === 'full' ? richBlocks(body, named) : plainBlocks(plain)
  const blocks = [...words, ...controlsWithin(LIMITS.all - textUnits(words), message.buttons ?? [])]
  return { text: `${names}${withEntities(cut(plain, NOTICE_UNITS))}`, blocks }
}

type Mention = { type: 'user'; user_id: string } | { type: 'usergroup'; usergroup_id: string }

/** Somebody, or a group that a role names; undefined for what is neither. */
function mentionOf(hearer: string): Mention | undefined {
  if (/^[UW][A-Z0-9]+$/.test(hearer)) return { type: 'user', user_id: hearer }
  const group = /^slack-group:(S[A-Z0-9]+)$/.exec(hearer)?.[1]
  return group === undefined ? undefined : { type: 'usergroup', usergroup_id: group }
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

/** Labels of options count, too: where there are very many they get shorter, and in the end some are left to be named in words. */
function controlsWithin(room: number, rows: readonly Button[][]): SlackBlock[] {
  for (const units of LABELS) {
    const blocks = actionBlocks(rows, units)
    if (textUnits(blocks) <= room) return blocks
  }
  const options = rows.flat().filter(({ isOption }) => isOption).length
  const kept = Math.floor(options * 0.9)
  return options === 0 ? actionBlocks(rows, SHORTEST_LABEL) : controlsWithin(room, withOptions(rows, kept))
}

function withOptions(rows: readonly Button[][], most: number): Button[][] {
  let left = most
  return rows.map((row) => row.filter(({ isOption }) => !isOption || left-- > 0)).filter((row) => row.length > 0)
}

/** Each row a block; where there are many, options are in lists. */
function actionBlocks(rows: readonly Button[][], units: number): SlackBlock[] {
  const fitted = fitControls(rows, {
    ...{ rows: MOST_ROWS, perRow: LIMITS.elements, options: LIMITS.options, rowUnits: ROW_UNITS },
  })
  return fitted.map((row, i) => ({
    type: 'actions',
    elements:
      'list' in row
        ? [select(row.list, i, units)]
        : row.buttons.map((button, nth) => slackButton(button, `b${i}.${nth}`, units)),
  }))
}

function slackButton({ text, data, style }: Button, id: string, units: number): SlackButton {
  const colour = style === 'danger' ? 'danger' : style === undefined ? undefined : 'primary'
  return {
    ...{ type: 'button', action_id: id, text: label(text, units), value: data },
    ...(colour && { style: colour }),
  }
}

/** Slack refuses a whole message for one label without a character. */
const label = (text: string, units: number): PlainText => plainText(cut(text, units) || '…')

function select(options: readonly Button[], place: number, units: number): SlackSelect {
  return {
    type: 'static_select',
    action_id: `s${place}`,
    placeholder: plainText('Pick one'),
    options: options.map(({ text, data }) => ({ text: label(text, units), value: data })),
  }
}

/** Throws what Slack would say about blocks that are too large: they are sent in a plainer form then, and never cut. */
export function measured({ text, blocks }: SlackMessage): SlackMessage {
  if (!blocks) return { text }
  const refuse = (error: string) => {
    throw new SlackCallError('Measured before sending', { kind: 'refused', error })
  }
  if (blocks.length > LIMITS.blocks) refuse('invalid_blocks')
  const isOf = (most: number, text: string) => text !== '' && text.length <= most
  for (const block of blocks) {
    if (block.type === 'section' && !isOf(LIMITS.section, block.text.text)) refuse('invalid_blocks')
    if (block.type !== 'actions') continue
    if (block.elements.length > LIMITS.elements) refuse('invalid_blocks')
    for (const one of block.elements) {
      const parts = one.type === 'button' ? [one] : one.options
      if (parts.length === 0 || parts.length > LIMITS.options) refuse('invalid_blocks')
      const most = one.type === 'button' ? LIMITS.value : LIMITS.optionValue
      const isRight = parts.every(({ text, value }) => isOf(LIMITS.label, text.text) && isOf(most, value))
      if (!isRight) refuse('invalid_blocks')
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
