import { clip } from '../../text/document/clip.ts'
import { toPlain } from '../../text/document/layout.ts'
import type { Block, Inline, ListItem, Node } from '../../text/document/nodes.ts'
import { isBlock } from '../../text/document/nodes.ts'

/** A node of Atlassian's document format. */
export interface AdfNode {
  type: string
  text?: string
  attrs?: Record<string, unknown>
  marks?: { type: string; attrs?: Record<string, unknown> }[]
  content?: AdfNode[]
}

/** A description or comment as Jira keeps it. */
export interface AdfDocument extends AdfNode {
  version: 1
  type: 'doc'
  content: AdfNode[]
}

/** Jira takes 32,767 characters; some are left for what stands around the words. */
const MOST_UNITS = 30_000

type Mark = NonNullable<AdfNode['marks']>[number]

/**
 * A document for Jira. Mentions and cards are nodes of their own there, so nothing in a text can become one. What is longer than
 * Jira takes ends in an ellipsis.
 */
export function toAdf(nodes: readonly Node[]): AdfDocument {
  const content = blocksOf(clip(nodes, MOST_UNITS), true)
  return { version: 1, type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph', content: [] }] }
}

/** `isTop`: tables, headings, quotes and rules stand nowhere else. */
function blocksOf(nodes: readonly Node[], isTop: boolean): AdfNode[] {
  const blocks: AdfNode[] = []
  let line: Inline[] = []
  const endLine = () => {
    const content = inlines(line, [])
    if (content.length > 0) blocks.push({ type: 'paragraph', content })
    line = []
  }
  for (const node of nodes) {
    if (!isBlock(node)) line.push(node)
    else {
      endLine()
      blocks.push(...blockOf(node, isTop))
    }
  }
  endLine()
  return blocks
}

function blockOf(block: Block, isTop: boolean): AdfNode[] {
  switch (block.kind) {
    case 'paragraph': {
      const content = inlines(block.children, [])
      return content.length > 0 ? [{ type: 'paragraph', content }] : []
    }
    case 'heading': {
      const content = inlines(block.children, isTop ? [] : [{ type: 'strong' }])
      if (content.length === 0) return []
      return [isTop ? { type: 'heading', attrs: { level: block.level }, content } : { type: 'paragraph', content }]
    }
    case 'pre':
      return [codeBlock(block.text, block.language)]
    case 'quote': {
      const content = blocksOf(block.children, false)
      if (content.length === 0) return []
      return isTop ? [{ type: 'blockquote', content }] : content
    }
    case 'list':
      return listOf(block.items, block.start)
    case 'table':
      return isTop ? [tableOf(block)] : [codeBlock(toPlain([block]))]
    case 'rule':
      return isTop ? [{ type: 'rule' }] : []
  }
}

const codeBlock = (text: string, language?: string): AdfNode => ({
  type: 'codeBlock',
  ...(language !== undefined && { attrs: { language } }),
  content: text === '' ? [] : [{ type: 'text', text }],
})

function listOf(items: readonly ListItem[], start: number | undefined): AdfNode[] {
  const content = items.map(({ checked, children }): AdfNode => {
    const sign: Inline[] = checked === undefined ? [] : [checked ? '☑ ' : '☐ ']
    const [first, ...rest] = children
    // The sign belongs into the line that it is about.
    const lead: Node[] =
      first !== undefined && typeof first === 'object' && first.kind === 'paragraph'
        ? [{ ...first, children: [...sign, ...first.children] }, ...rest]
        : [...sign, ...children]
    const blocks = blocksOf(lead, false)
    // An item begins with a paragraph, be it an empty one.
    const isStart = blocks[0]?.type === 'paragraph' || blocks[0]?.type === 'codeBlock'
    return { type: 'listItem', content: isStart ? blocks : [{ type: 'paragraph', content: [] }, ...blocks] }
  })
  if (content.length === 0) return []
  return [
    start === undefined
      ? { type: 'bulletList', content }
      : { type: 'orderedList', attrs: { order: Math.max(0, start) }, content },
  ]
}

function tableOf({ head, rows }: Extract<Block, { kind: 'table' }>): AdfNode {
  const cells = (type: string, row: readonly Inline[][]): AdfNode => ({
    type: 'tableRow',
    // A row that is too short would shift what comes after it.
    content: head.map((_, i) => ({
      type,
      content: [{ type: 'paragraph', content: inlines(row[i] ?? [], []) }],
    })),
  })
  return { type: 'table', content: [cells('tableHeader', head), ...rows.map((row) => cells('tableCell', row))] }
}

const MARKS = { bold: 'strong', italic: 'em', strike: 'strike' } as const

function inlines(nodes: readonly Inline[], marks: readonly Mark[]): AdfNode[] {
  return nodes.flatMap((node): AdfNode[] => {
    if (typeof node === 'string') return textOf(node, marks)
    switch (node.kind) {
      case 'code':
        // Code is code and at most a link.
        return textOf(node.text, [...marks.filter(({ type }) => type === 'link'), { type: 'code' }])
      case 'link':
        return inlines(node.children, withMark(marks, { type: 'link', attrs: { href: node.url } }))
      default:
        return inlines(node.children, withMark(marks, { type: MARKS[node.kind] }))
    }
  })
}

/** The same mark twice is refused. */
const withMark = (marks: readonly Mark[], mark: Mark): Mark[] => [
  ...marks.filter(({ type }) => type !== mark.type),
  mark,
]

/** A text has no line ends there, and is never empty. */
function textOf(text: string, marks: readonly Mark[]): AdfNode[] {
  return text
    .split('\n')
    .flatMap((line, index): AdfNode[] => [
      ...(index > 0 ? [{ type: 'hardBreak' }] : []),
      ...(line === '' ? [] : [{ type: 'text', text: line, ...(marks.length > 0 && { marks: [...marks] }) }]),
    ])
}
