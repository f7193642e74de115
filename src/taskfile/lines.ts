/** The lines of a text, found once: everything that speaks of a place looks it up here in O(log n). */
export interface Lines {
  text: string
  /** Number of lines; what follows the last line ending is none when it is empty. */
  count: number
  /** Offset of each line's first character, and of the end of the text as one more entry. A byte order mark is skipped. */
  starts: Uint32Array
}

const LF = 10
const CR = 13

/** Splits at LF, CRLF and CR, as CommonMark does. Offsets are those of the string (UTF-16 units). */
export function splitLines(text: string): Lines {
  const first = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let endings = 0
  for (let at = first; at < text.length; at++) if (endsLine(text, at)) endings++
  const starts = new Uint32Array(endings + 2)
  let line = 0
  starts[line++] = first
  for (let at = first; at < text.length; at++) if (endsLine(text, at)) starts[line++] = at + 1
  const count = starts[line - 1]! < text.length ? line : line - 1
  starts[count] = text.length
  return { text, count, starts: starts.subarray(0, count + 1) }
}

function endsLine(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)
}

/** Offset of the first character of line `index` (0-based). */
export function lineStart(lines: Lines, index: number): number {
  return lines.starts[index]!
}

/** Offset behind the last character of line `index`, before its line ending. */
export function lineEnd(lines: Lines, index: number): number {
  let end = lines.starts[index + 1]!
  const start = lines.starts[index]!
  if (end > start && lines.text.charCodeAt(end - 1) === LF) end--
  if (end > start && lines.text.charCodeAt(end - 1) === CR) end--
  return end
}

/** Line `index` without its line ending. */
export function lineText(lines: Lines, index: number): string {
  return lines.text.slice(lineStart(lines, index), lineEnd(lines, index))
}

/** The line ending that line `index` has, or the file's first one where it has none; LF for a text without any. */
export function lineEnding(lines: Lines, index: number): string {
  for (const line of [index, 0]) {
    if (line >= lines.count) continue
    const ending = lines.text.slice(lineEnd(lines, line), lines.starts[line + 1])
    if (ending !== '') return ending
  }
  return '\n'
}

/** 0-based line that holds `offset`. */
export function lineAt(lines: Lines, offset: number): number {
  let low = 0
  let high = lines.count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (lines.starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}
