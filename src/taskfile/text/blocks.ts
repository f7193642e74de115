import { type Cursor, indentOf, restOf, skipCharacters, skipColumns } from './cursor.ts'
import { frontMatterEnd } from './frontmatter-range.ts'
import { type Lines, lineEnd, lineStart } from './lines.ts'
import {
  closesFence,
  type Fence,
  fenceAt,
  type HtmlEnd,
  htmlAt,
  isBlank,
  isHeading,
  isRule,
  markerAt,
  underlineAt,
} from './openers.ts'

/** What a line is, seen from the root of the document. */
export const LineKind = {
  blank: 0,
  /** Of a paragraph. */
  text: 1,
  /** Continues a paragraph of a list or quote although it stands outside it. */
  lazy: 2,
  /** An ATX heading. */
  heading: 3,
  /** The dashes that make a heading of the paragraph above. */
  underline: 4,
  rule: 5,
  /** The first line of a list item. */
  item: 6,
  /** Continues a list item or block quote. */
  inside: 7,
  /** Fenced code, HTML, the first line of a quote, front matter, `===`. */
  other: 8,
  /** Indented code. */
  code: 9,
} as const

interface Container {
  /** Columns that content of a list item is indented by; 0 for a block quote. */
  indent: number
  /** A list item without content so far: a blank line ends it. */
  empty: boolean
}

/** Containers nested deeper than this are read as text: nobody writes them, and time stays linear. */
const deepest = 50

/**
 * The kind of each line, by the block rules of CommonMark, in one pass and linear time. Only what is open is kept, no
 * tree is built; the tests hold it against remark.
 */
export function lineKinds(lines: Lines): Uint8Array {
  const kinds = new Uint8Array(lines.count)
  const first = frontMatterEnd(lines)
  kinds.fill(LineKind.other, 0, first)
  const read = blockReader()
  for (let line = first; line < lines.count; line++) {
    const at = lineStart(lines, line)
    kinds[line] = read({ text: lines.text, at, end: lineEnd(lines, line), column: 0, owed: 0 })
  }
  return kinds
}

function blockReader(): (line: Cursor) => number {
  const stack: Container[] = []
  let paragraph = false
  let fence: Fence | undefined
  let html: HtmlEnd | undefined

  const close = (depth: number) => {
    stack.length = depth
    paragraph = false
    fence = undefined
    html = undefined
  }

  return (cursor) => {
    if (stack.length === 0 && !fence && !html && isPlainText(cursor)) {
      paragraph = true
      return LineKind.text
    }
    const matched = enterContainers(stack, cursor)
    const all = matched === stack.length
    let rest = restOf(cursor)
    const within = matched > 0 ? LineKind.inside : undefined

    if (all && fence) {
      if (indentOf(cursor) < 4 && closesFence(rest, fence)) fence = undefined
      return within ?? LineKind.other
    }
    if (all && html) {
      if (html !== 'blank') {
        if (html.test(rest)) html = undefined
        return within ?? LineKind.other
      }
      if (rest !== '') return within ?? LineKind.other
    }
    if (rest === '') {
      close(matched)
      return LineKind.blank
    }

    let kind: number | undefined = within
    let fresh = false
    for (;;) {
      const indent = indentOf(cursor)
      const interrupting = paragraph && all && !fresh
      if (indent >= 4) {
        if (paragraph) break
        if (!fresh) close(matched)
        return kind ?? LineKind.code
      }
      const underline = interrupting ? underlineAt(rest) : undefined
      if (underline) {
        paragraph = false
        return kind ?? (underline === '-' ? LineKind.underline : LineKind.other)
      }
      const opened = openLeaf(rest, paragraph)
      if (opened) {
        if (!fresh) close(matched)
        fence = opened.fence
        html = opened.html
        return kind ?? opened.kind
      }
      const depth = fresh ? stack.length : matched
      const container = depth < deepest ? containerAt(cursor, rest, indent, interrupting) : undefined
      if (!container) break
      if (!fresh) close(matched)
      fresh = true
      stack.push(container)
      kind ??= container.indent === 0 ? LineKind.other : LineKind.item
      rest = restOf(cursor)
      if (rest === '') return kind
    }

    const lazy = paragraph && !all && !fresh
    if (!lazy && !fresh) stack.length = matched
    fence = undefined
    html = undefined
    paragraph = true
    return lazy && matched === 0 ? LineKind.lazy : (kind ?? LineKind.text)
  }
}

/** Whether a line begins like most do: with a letter, or in bold. At the root that is a paragraph, whatever else stands. */
function isPlainText({ text, at }: Cursor): boolean {
  const isLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  const code = text.charCodeAt(at)
  return isLetter(code) || (code === 42 && text.charCodeAt(at + 1) === 42 && isLetter(text.charCodeAt(at + 2)))
}

/** Moves over the prefixes of the containers that continue in this line and says how many do. */
function enterContainers(stack: Container[], cursor: Cursor): number {
  if (stack.length === 0) return 0
  const blank = restOf(cursor) === ''
  const end = stack.findIndex((container) => !(blank ? continuesOverBlank(container) : enter(container, cursor)))
  return end < 0 ? stack.length : end
}

/** A list item that has content so far continues through a blank line, a block quote does not. */
function continuesOverBlank({ indent, empty }: Container): boolean {
  return indent > 0 && !empty
}

function enter(container: Container, cursor: Cursor): boolean {
  const indent = indentOf(cursor)
  if (container.indent === 0) {
    if (indent > 3 || restOf(cursor)[0] !== '>') return false
    enterQuote(cursor, indent)
    return true
  }
  // Behind the mark of a quote the rest of the line may be blank.
  if (restOf(cursor) === '') return !container.empty
  if (indent < container.indent) return false
  skipColumns(cursor, container.indent)
  container.empty = false
  return true
}

function enterQuote(cursor: Cursor, indent: number): void {
  skipColumns(cursor, indent)
  skipCharacters(cursor, 1)
  if (indentOf(cursor) > 0) skipColumns(cursor, 1)
}

interface Leaf {
  kind: number
  fence?: Fence
  html?: HtmlEnd
}

/** The heading, fence, HTML or thematic break that begins here; fences and HTML only as far as they continue. */
function openLeaf(rest: string, inParagraph: boolean): Leaf | undefined {
  if (isHeading(rest)) return { kind: LineKind.heading }
  const fence = fenceAt(rest)
  if (fence) return { kind: LineKind.other, fence }
  const html = htmlAt(rest, inParagraph)
  if (html) return { kind: LineKind.other, ...(html !== 'blank' && html.test(rest) ? {} : { html }) }
  return isRule(rest) ? { kind: LineKind.rule } : undefined
}

/** Enters the block quote or list item that begins here. */
function containerAt(cursor: Cursor, rest: string, indent: number, interrupting: boolean): Container | undefined {
  if (rest[0] === '>') {
    enterQuote(cursor, indent)
    return { indent: 0, empty: false }
  }
  const marker = markerAt(rest)
  if (!marker) return undefined
  const empty = isBlank(rest, marker.width)
  if (interrupting && (empty || !marker.interrupts)) return undefined
  skipColumns(cursor, indent)
  skipCharacters(cursor, marker.width)
  const blanks = indentOf(cursor)
  const padding = empty || blanks > 4 ? 1 : blanks
  skipColumns(cursor, padding)
  return { indent: indent + marker.width + padding, empty }
}
