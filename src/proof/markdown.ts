import { hideIn } from '../text/document/hide.ts'
import { toPlain } from '../text/document/layout.ts'
import { fromMarkdown } from '../text/document/markdown.ts'
import { isSafeToParse } from '../text/document/parse-limits.ts'
import { codeSpan, fenced } from '../text/inert/code.ts'
import { defuse } from '../text/inert/defuse.ts'
import { escapeInMarkdown } from '../text/inert/escape.ts'
import { eachUnseen } from '../text/unseen.ts'

/**
 * Text of others inside Markdown of ours: it must look like what it is, and neither become markup nor call people or issues
 * to a pull request.
 */

/** Returns a text without what must not be shown. Behind marks that a reader does not see it can only be found here. */
export type Hide = (text: string) => string

/** One line of plain text, or a part of one. */
export function inline(text: string, { isStart = true }: { isStart?: boolean } = {}): string {
  return defuse(escapeInMarkdown(visible(text).replace(/\s+/g, ' ').trim(), { isStart }))
}

/** One line of text in a table, in which what is between backticks stays code. */
export function withCode(text: string, hide: Hide): string {
  const drawn = withoutHidden(text, hide)
  return drawn === undefined ? spans(text.replace(/\s+/g, ' ').trim(), hide, { inTable: true }) : inline(drawn)
}

/** One line of code; `inTable` because a bar ends a table's cell, in code too. */
export function shownCode(text: string, inTable = false): string {
  const line = visible(text).replace(/\n/g, '⏎').replace(/\s/g, ' ')
  // In a table a bar in code is written `\\|`, and there is no way to write a backslash before it.
  if (inTable && line.includes('\\|'))
    return `<code>${line.replace(/[^\w ]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`
  return inTable ? codeSpan(line).replaceAll('|', '\\|') : codeSpan(line)
}

/** Lines of code as a block. */
export const shownBlock = (text: string, language = ''): string => fenced(visible(text).replace(/\n+$/, ''), language)

/**
 * Words of several lines as a quotation. Of their own markup, lists, code, bold words and headings (as bold words) are kept,
 * as agents use them; everything else is shown as it was written.
 */
export function quoted(text: string, hide: Hide): string {
  const drawn = withoutHidden(text, hide)
  // Without its markup each line is a paragraph: else they would run together.
  if (drawn !== undefined) {
    const paragraphs = drawn.trim().split(/\n+/)
    return paragraphs.map((line) => `> ${inline(line)}`).join('\n>\n')
  }
  const lines: string[] = []
  const source = visible(text).trim().split('\n')
  for (let i = 0; i < source.length; i += 1) {
    const line = source[i] ?? ''
    const fence = /^\s*(`{3,}|~{3,})\s*([\w+-]*)/.exec(line)
    if (!fence) {
      lines.push(styled(line, hide))
      continue
    }
    const closes = (later: string) => later.trim().startsWith(fence[1] ?? '') && /^[`~\s]*$/.test(later)
    let last = i + 1
    while (last < source.length && !closes(source[last] ?? '')) last += 1
    lines.push(...shownBlock(hide(source.slice(i + 1, last).join('\n')), fence[2]).split('\n'))
    i = last
  }
  return lines.map((line) => `> ${line}`.trimEnd()).join('\n')
}

/**
 * The words of Markdown as a reader would see them drawn, without what is hidden in them and without their markup; undefined where
 * nothing is hidden. What is written is not enough to go by: a secret with marks in it is found in no part of them.
 */
function withoutHidden(text: string, hide: Hide): string | undefined {
  let isHiding = false
  const safe = hideIn(fromMarkdown(text), (words) => {
    const shown = hide(words)
    isHiding ||= shown !== words
    return shown
  })
  return isHiding ? toPlain(safe) : undefined
}

function styled(line: string, hide: Hide): string {
  const heading = /^#{1,6}\s+(.*)$/.exec(line)
  if (heading) return `**${inline(hide((heading[1] ?? '').replaceAll('*', '')))}**`
  const [, indent = '', marker = '', rest = ''] = /^(\s{0,12})((?:[-*+]|\d{1,3}[.)])\s+)?(.*)$/.exec(line) ?? []
  return `${marker ? `${indent}${marker}` : ''}${spans(rest, hide)}`
}

/**
 * Text with its code spans and bold words. A person is less strict than Markdown about where these begin and end, so that what is shown
 * is looked at once more: without any of them where they would put together what is hidden.
 */
function spans(line: string, hide: Hide, { inTable = false } = {}): string {
  if (!isSafeToParse(line)) return inline(hide(line))
  const drawn = withoutHidden(styledSpans(line, false), hide)
  return drawn === undefined ? styledSpans(line, inTable) : inline(drawn)
}

function styledSpans(line: string, inTable: boolean): string {
  const words = line.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).map((part, i) => {
    if (i % 2 === 1)
      return part.startsWith('`') ? shownCode(part.slice(1, -1), inTable) : `**${inline(part.slice(2, -2))}**`
    const [before, after] = [/^\s/.test(part) ? ' ' : '', /\s$/.test(part) ? ' ' : '']
    return part.trim() === '' ? before : `${before}${inline(part, { isStart: i === 0 })}${after}`
  })
  return words.join('').trim()
}

/** What cannot be seen by its number; tabs and odd spaces do no harm in a report. */
export function visible(text: string): string {
  return eachUnseen(text.replace(/\r\n?/g, '\n'), (char) =>
    char === '\t' || /\p{Zs}/u.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`,
  )
}
