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
  const next = lineFinder(text)
  let starts = new Uint32Array(Math.max(64, text.length >> 4))
  let count = 0
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at = next(at)) {
    if (count + 1 === starts.length) starts = grown(starts)
    starts[count++] = at
  }
  starts[count] = text.length
  return { text, count, starts: starts.slice(0, count + 1) }
}

/** Gives the offset of the line below the one that begins at an offset; to be asked in ascending order. */
function lineFinder(text: string): (from: number) => number {
  // Each is searched for only once it was passed: a text without the one or the other is not read again for every line.
  const find = (ending: string, from: number) => {
    const at = text.indexOf(ending, from)
    return at < 0 ? text.length : at
  }
  let lf = -1
  let cr = -1
  return (from) => {
    if (lf < from) lf = find('\n', from)
    if (cr < from) cr = find('\r', from)
    return (cr + 1 === lf ? lf : Math.min(lf, cr)) + 1
  }
}

function grown(starts: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(starts.length * 2)
  larger.set(starts)
  return larger
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
