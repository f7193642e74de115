/**
 * How the block constructs of CommonMark begin and end. Each function looks at the rest of one line behind its
 * indentation (at most three columns); https://spec.commonmark.org/0.31.2/ names the conditions.
 */

export interface Fence {
  char: string
  size: number
}

/** What ends an HTML block: a blank line, or a line with this text. */
export type HtmlEnd = 'blank' | RegExp

const tagNames =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul'

const htmlStarts: [start: RegExp, end: HtmlEnd][] = [
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![a-z]/i, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${tagNames})(?:[\\s]|/?>|$)`, 'i'), 'blank'],
]

const attribute = '[ \\t]+[a-z_:][\\w.:-]*(?:[ \\t]*=[ \\t]*(?:[^\\s"\'=<>`]+|\'[^\']*\'|"[^"]*"))?'
const loneTag = new RegExp(`^(?:<[a-z][a-z0-9-]*(?:${attribute})*[ \\t]*/?>|</[a-z][a-z0-9-]*[ \\t]*>)[ \\t]*$`, 'i')
/** A tag of more characters is none: keeps the expression above from working on megabytes. */
const longestLoneTag = 5_000

/** The fence that opens here. */
export function fenceAt(rest: string): Fence | undefined {
  const char = rest[0]
  if (char !== '`' && char !== '~') return undefined
  const size = runLength(rest, char)
  return size < 3 || (char === '`' && rest.includes('`', size)) ? undefined : { char, size }
}

/** What follows the marks of a line that opens a fence. */
export function infoOf(line: string): string {
  return line.replace(/^\s*[`~]+/, '').trim()
}

/** Whether the line ends `fence`. */
export function closesFence(rest: string, fence: Fence): boolean {
  if (rest[0] !== fence.char) return false
  const size = runLength(rest, fence.char)
  return size >= fence.size && isBlank(rest, size)
}

/** What ends the HTML block that opens here; a lone tag of any name opens one only where no paragraph is open. */
export function htmlAt(rest: string, inParagraph: boolean): HtmlEnd | undefined {
  if (rest[0] !== '<') return undefined
  for (const [start, end] of htmlStarts) if (start.test(rest)) return end
  return !inParagraph && rest.length <= longestLoneTag && loneTag.test(rest) ? 'blank' : undefined
}

/** Whether this is an ATX heading, of whatever level. */
export function isHeading(rest: string): boolean {
  return rest[0] === '#' && /^#{1,6}(?:[ \t]|$)/.test(rest)
}

/** Whether this is a thematic break: three or more of one of `*-_`, with or without blanks between. */
export function isRule(rest: string): boolean {
  const char = rest[0]
  if (char !== '*' && char !== '-' && char !== '_') return false
  let count = 0
  for (const found of rest) {
    if (found === char) count++
    else if (found !== ' ' && found !== '\t') return false
  }
  return count >= 3
}

/** `=` or `-` when this line can underline a paragraph into a heading. */
export function underlineAt(rest: string): '=' | '-' | undefined {
  const char = rest[0]
  return (char === '=' || char === '-') && isBlank(rest, runLength(rest, char)) ? char : undefined
}

export interface Marker {
  /** Columns of the marker itself. */
  width: number
  /** Whether it may interrupt a paragraph: bullets and the number one. */
  interrupts: boolean
}

/** The list marker that stands here. */
export function markerAt(rest: string): Marker | undefined {
  const found = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/.exec(rest)
  return found ? { width: found[0].length, interrupts: found[1] === undefined || Number(found[1]) === 1 } : undefined
}

/** Whether `rest` is blank from `from` on. */
export function isBlank(rest: string, from = 0): boolean {
  for (let at = from; at < rest.length; at++) {
    const code = rest.charCodeAt(at)
    if (code !== 32 && code !== 9) return false
  }
  return true
}

function runLength(rest: string, char: string): number {
  let size = 0
  while (rest[size] === char) size++
  return size
}
