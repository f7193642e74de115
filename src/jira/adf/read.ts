import { z } from 'zod'
import { fenced } from '../../text/inert/code.ts'

/** Deeper than anybody nests; what is deeper is left out. */
const DEEPEST = 40

const shape = z.object({
  type: z.string(),
  text: z.string().optional().catch(undefined),
  attrs: z.record(z.string(), z.unknown()).optional().catch(undefined),
  marks: z
    .array(z.object({ type: z.string(), attrs: z.record(z.string(), z.unknown()).optional().catch(undefined) }))
    .optional()
    .catch(undefined),
  content: z.array(z.unknown()).optional().catch(undefined),
})
type Read = z.output<typeof shape>

/**
 * A description or comment of Jira as Markdown: what people see there, and no more. Whatever it holds, it gives a text: what is not
 * known is read for the words inside of it.
 */
export function fromAdf(document: unknown): string {
  if (typeof document === 'string') return document
  return blockText(document, 0)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const read = (value: unknown): Read | undefined => {
  const node = shape.safeParse(value)
  return node.success ? node.data : undefined
}

const INLINE: ReadonlySet<string> = new Set(
  'text hardBreak mention emoji inlineCard date status media mediaInline placeholder inlineExtension'.split(' '),
)

/** The blocks in a node, a blank line between them; inline nodes one after the other. */
function inside({ content = [] }: Read, depth: number): string {
  let text = ''
  let isAfterBlock = false
  for (const value of content) {
    const node = read(value)
    if (!node) continue
    const isInline = INLINE.has(node.type)
    if (text !== '' && (isAfterBlock || !isInline)) text += '\n\n'
    text += isInline ? inlineText(node) : blockText(value, depth + 1)
    isAfterBlock = !isInline
  }
  return text
}

function blockText(value: unknown, depth: number): string {
  const node = read(value)
  if (!node || depth > DEEPEST) return ''
  const { type, attrs = {} } = node
  switch (type) {
    case 'heading':
      return `${'#'.repeat(levelOf(attrs.level))} ${inside(node, depth)}`
    case 'codeBlock':
      return fenced(inside(node, depth), word(attrs.language))
    case 'blockquote':
    case 'panel':
      return prefixed(inside(node, depth), '> ', '> ')
    case 'bulletList':
      return items(node, depth, () => '- ')
    case 'orderedList': {
      const start = typeof attrs.order === 'number' && Number.isInteger(attrs.order) ? attrs.order : 1
      return items(node, depth, (_, index) => `${start + index}. `)
    }
    case 'taskList':
    case 'decisionList':
      return items(node, depth, ({ attrs }) =>
        attrs?.state === 'DONE' || attrs?.state === 'DECIDED' ? '- [x] ' : '- [ ] ',
      )
    case 'table':
      return (node.content ?? []).map((row) => rowText(row, depth + 1)).join('\n')
    case 'rule':
      return '---'
    case 'mediaSingle':
    case 'mediaGroup':
      return '[picture]'
    case 'blockCard':
    case 'embedCard':
      return word(attrs.url)
    case 'expand':
    case 'nestedExpand':
      return [word(attrs.title), inside(node, depth)].filter((part) => part !== '').join('\n\n')
    default:
      return INLINE.has(type) ? inlineText(node) : inside(node, depth)
  }
}

function items(node: Read, depth: number, sign: (item: Read, index: number) => string): string {
  return (node.content ?? [])
    .map(read)
    .filter((item) => item !== undefined)
    .map((item, index) => {
      const lead = sign(item, index)
      // Lists in lists stand below their item.
      if (item.type.endsWith('List')) return prefixed(blockText(item, depth + 1), '  ', '  ')
      return prefixed(inside(item, depth + 1).replaceAll('\n\n', '\n'), lead, ' '.repeat(lead.length))
    })
    .join('\n')
}

function rowText(value: unknown, depth: number): string {
  const row = read(value)
  if (!row || depth > DEEPEST) return ''
  const cells = (row.content ?? []).map((cell) => blockText(cell, depth + 1).replaceAll(/\s*\n\s*/g, ' '))
  return `| ${cells.join(' | ')} |`
}

function inlineText({ type, text = '', attrs = {}, marks = [] }: Read): string {
  switch (type) {
    case 'text':
      return marks.reduce((marked, mark) => markedText(marked, mark), text)
    case 'hardBreak':
      return '\n'
    case 'mention':
      return word(attrs.text)
    case 'emoji':
      return word(attrs.text) || word(attrs.shortName)
    case 'inlineCard':
      return word(attrs.url)
    case 'date':
      return dateText(attrs.timestamp)
    case 'status':
      return word(attrs.text)
    case 'media':
    case 'mediaInline':
      return '[picture]'
    default:
      return text
  }
}

function markedText(text: string, { type, attrs }: NonNullable<Read['marks']>[number]): string {
  if (text.trim() === '') return text
  switch (type) {
    case 'code':
      return `\`${text}\``
    case 'strong':
      return `**${text}**`
    case 'em':
      return `*${text}*`
    case 'strike':
      return `~~${text}~~`
    case 'link': {
      const href = word(attrs?.href)
      return href === '' || href === text ? text : `[${text}](${href})`
    }
    default:
      return text
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '')
const levelOf = (value: unknown): number =>
  typeof value === 'number' ? Math.min(6, Math.max(1, Math.trunc(value) || 1)) : 1
const prefixed = (text: string, first: string, others: string): string =>
  text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : others}${line}`)
    .join('\n')

/** Jira keeps a day as milliseconds in a text. */
function dateText(value: unknown): string {
  const at = new Date(Number(value))
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10)
}
