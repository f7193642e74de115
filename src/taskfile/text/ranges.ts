import { LineKind } from './blocks.ts'
import { type Lines, lineEnd, lineStart, lineText } from './lines.ts'

/** Offsets of a part of the text; the end is exclusive. */
export interface TextRange {
  start: number
  end: number
}

/**
 * What stands from `start` up to line `to`, without blank lines around it and without the `---` that closes it: that
 * separates it from the next task. Everything between is left as it is.
 */
export function contentRange(lines: Lines, kinds: Uint8Array, start: number, firstLine: number, to: number): TextRange {
  let last = lastLine(lines, firstLine, to)
  if (last > firstLine && isSeparator(lines, kinds, last)) last = lastLine(lines, firstLine, last)
  let from = start
  let line = firstLine
  while (line <= last && isEmpty(lines.text, from, lineEnd(lines, line))) from = lineStart(lines, ++line)
  return line > last ? { start, end: start } : { start: from, end: lineEnd(lines, last) }
}

/** The last line before `to` that is not blank; at least `from`. */
function lastLine(lines: Lines, from: number, to: number): number {
  let line = to - 1
  while (line > from && isEmpty(lines.text, lineStart(lines, line), lineEnd(lines, line))) line--
  return line
}

function isSeparator(lines: Lines, kinds: Uint8Array, line: number): boolean {
  const kind = kinds[line]
  return kind === LineKind.underline || (kind === LineKind.rule && lineText(lines, line).trimStart().startsWith('-'))
}

function isEmpty(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 9) return false
  }
  return true
}
