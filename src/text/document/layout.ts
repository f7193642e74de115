import { type Inline, isBlock, type ListItem, type Node, type Table } from './nodes.ts'
import { tableLines } from './table.ts'

/** A part of a text that is shown in its own way. Marks are nested, never crossed, and never empty. */
export interface TextMark {
  kind: 'bold' | 'italic' | 'strike' | 'code' | 'pre' | 'quote' | 'fold' | 'link'
  /** UTF-16 units from the beginning of the text. */
  offset: number
  length: number
  /** Of a `pre`. */
  language?: string
  /** Of a `link`. */
  url?: string
}

/** A text and its marks, the outer ones before the inner ones: what most chats take as it is. */
export interface Laid {
  text: string
  marks: TextMark[]
}

export interface LayoutOptions {
  /** Columns of monospaced text that are shown without wrapping; a wider table becomes a list of its rows. */
  columns?: number
  /** Addresses are written behind the words of a link, for where nobody can tap them. */
  writeLinks?: boolean
}

/** What a phone of 390 points shows of monospaced text in one line, within the frame of a block. */
export const PHONE_COLUMNS = 30

/** Writes a tree as text with marks. The text alone is the plain fallback, and its length the exact one. */
export function layout(nodes: readonly Node[], options: LayoutOptions = {}): Laid {
  const writer = new Writer(options)
  writer.nodes(nodes)
  return { text: writer.text, marks: writer.marks.filter((mark) => mark.length > 0) }
}

/** The same words without marks. */
export const toPlain = (nodes: readonly Node[], options?: LayoutOptions): string => layout(nodes, options).text

/** UTF-16 units of the text, as most chats count them. */
export const unitsOf = (nodes: readonly Node[], options?: LayoutOptions): number => layout(nodes, options).text.length

class Writer {
  text = ''
  readonly marks: TextMark[] = []
  /** Marks that begin with the next unit that is written: after the gap before it. */
  #begun: TextMark[] = []
  /** Newlines that have to stand before what comes next. */
  #gap = 0
  /** The place is still empty, so there is nothing to keep apart from. */
  #fresh = true
  /** What the text ends with. */
  #newlines = 0
  /** Stands before every line of a list's item but its first. */
  #indent = ''
  #inQuote = false
  readonly #options: LayoutOptions

  constructor(options: LayoutOptions) {
    this.#options = options
  }

  nodes(nodes: readonly Node[]): void {
    let last: Node | undefined
    for (const node of nodes) {
      if (node === '') continue
      if (last !== undefined && (isBlock(last) || isBlock(node))) this.#apart(gapBetween(last, node))
      this.#node(node)
      last = node
    }
  }

  #node(node: Node): void {
    if (typeof node === 'string') {
      this.#write(node)
      return
    }
    switch (node.kind) {
      case 'bold':
      case 'italic':
      case 'strike':
        this.#marked({ kind: node.kind }, () => this.nodes(node.children))
        break
      case 'heading':
        this.#marked({ kind: 'bold' }, () => this.nodes(node.children))
        break
      case 'code':
        this.#marked({ kind: 'code' }, () => this.#write(node.text))
        break
      case 'link':
        this.#link(node.url, node.children)
        break
      case 'paragraph':
        this.nodes(node.children)
        break
      case 'pre':
        this.#pre(node.text, node.language)
        break
      case 'quote':
        this.#quote(node.folded ? 'fold' : 'quote', node.children)
        break
      case 'list':
        this.#list(node.items, node.start)
        break
      case 'table':
        this.#table(node)
        break
      case 'rule':
        this.#write('———')
    }
  }

  #link(url: string, children: Inline[]): void {
    const from = this.text.length
    this.#marked({ kind: 'link', url }, () => this.nodes(children))
    if (this.text.length === from) this.#marked({ kind: 'link', url }, () => this.#write(url))
    else if (this.#options.writeLinks && !isWritten(url, this.text.slice(from))) this.#write(` (${url})`)
  }

  /** Nothing may be added to what is shown byte for byte: also in a list it begins at the margin. */
  #pre(text: string, language: string | undefined): void {
    this.#marked({ kind: 'pre', ...(language !== undefined && { language }) }, () => this.#write(text, ''))
  }

  /** No chat has quotes inside quotes. */
  #quote(kind: 'quote' | 'fold', children: Node[]): void {
    if (this.#inQuote) {
      this.nodes(children)
      return
    }
    this.#inQuote = true
    this.#marked({ kind }, () => this.nodes(children))
    this.#inQuote = false
  }

  #list(items: ListItem[], start: number | undefined): void {
    const outer = this.#indent
    items.forEach(({ checked, children }, i) => {
      if (i > 0) this.#apart(1)
      const box = checked === undefined ? '' : checked ? '☑ ' : '☐ '
      const sign = start === undefined ? box || '• ' : `${start + i}. ${box}`
      this.#write(sign)
      this.#fresh = true
      this.#indent = `${outer}${' '.repeat(Math.min(sign.length, 4))}`
      // The parts of an item stand close together, as the items do.
      children.forEach((child, nth) => {
        const before = children[nth - 1]
        if (before !== undefined && (isBlock(before) || isBlock(child))) this.#apart(1)
        this.#node(child)
      })
      this.#indent = outer
      this.#fresh = false
    })
  }

  #table(table: Table): void {
    const { columns = PHONE_COLUMNS } = this.#options
    const plain = (cell: Inline[]) => toPlain(cell, this.#options).replace(/\s+/g, ' ').trim()
    const head = table.head.map(plain)
    const lines = tableLines(
      head,
      table.rows.map((row) => row.map(plain)),
      table.align,
      columns,
    )
    if (lines) {
      this.#pre(lines.join('\n'), undefined)
      return
    }
    // Too wide for columns: each row under its first cell, with the heads as labels.
    table.rows.forEach((row, i) => {
      if (i > 0) this.#apart(2)
      this.#marked({ kind: 'bold' }, () => this.nodes(row[0] ?? []))
      row.slice(1).forEach((cell, nth) => {
        if (plain(cell) === '') return
        this.#apart(1)
        const label = head[nth + 1]
        if (label) this.#write(`${label}: `)
        this.nodes(cell)
      })
    })
  }

  /** At least `newlines` stand between what is written and what comes. */
  #apart(newlines: number): void {
    if (!this.#fresh) this.#gap = Math.max(this.#gap, newlines)
  }

  #marked(mark: Omit<TextMark, 'offset' | 'length'>, inside: () => void): void {
    const made: TextMark = { ...mark, offset: -1, length: 0 }
    this.marks.push(made)
    this.#begun.push(made)
    inside()
    if (made.offset === -1) this.#begun = this.#begun.filter((begun) => begun !== made)
    else made.length = this.text.length - made.offset
  }

  #write(text: string, indent = this.#indent): void {
    if (text === '') return
    const leading = leadingNewlines(text)
    const missing = Math.max(0, this.#gap - this.#newlines - leading)
    this.#append('\n'.repeat(missing))
    this.#gap = 0
    const atLineStart = this.#newlines > 0 && leading === 0
    if (atLineStart) this.#append(indent)
    for (const mark of this.#begun) mark.offset = this.text.length
    this.#begun = []
    this.#append(indent === '' ? text : text.replace(/\n(?=[^\n])/g, `\n${indent}`))
    this.#fresh = false
  }

  #append(text: string): void {
    if (text === '') return
    this.text += text
    const own = trailingNewlines(text)
    this.#newlines = own === text.length ? this.#newlines + own : own
  }
}

function gapBetween(before: Node, after: Node): number {
  if (!isBlock(before) || !isBlock(after)) return 1
  return before.kind === 'heading' ? 1 : 2
}

const isWritten = (url: string, words: string) =>
  words.includes(url) || `${words.trim()}/` === url || `mailto:${words}` === url

function leadingNewlines(text: string): number {
  let count = 0
  while (text[count] === '\n') count++
  return count
}

function trailingNewlines(text: string): number {
  let count = 0
  while (text[text.length - 1 - count] === '\n') count++
  return count
}
