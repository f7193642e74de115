import { plural } from './amounts.ts'
import { graphemesOf } from './graphemes.ts'

/** Where `text` may be cut at or before `at`: never inside what people see as one character. */
function safeEnd(text: string, at: number): number {
  if (at >= text.length) return text.length
  if (at <= 0) return 0
  // A grapheme is rarely long; a window keeps this cheap in long texts.
  const begin = Math.max(0, at - 64)
  let end = begin
  for (const { index, segment } of graphemesOf(text.slice(begin, at + 64))) {
    if (begin + index + segment.length > at) break
    end = begin + index + segment.length
  }
  if (end > begin) return end
  // One endless cluster: at least keep surrogate pairs whole.
  return isLowSurrogate(text, at) ? at - 1 : at
}

const isLowSurrogate = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00

/**
 * A text of at most `longest` UTF-16 units, never cut through the middle of a character. What is cut ends in an ellipsis: it tells
 * people that something is missing, and the redactor where to look for the beginning of a secret.
 */
export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Keeps the head of a text within `max` UTF-16 units, `…` included; prefers to end with a line or a word. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  if (max <= 1) return max === 1 ? '…' : ''
  const hard = safeEnd(text, max - 1)
  const head = text.slice(0, hard)
  const nearEnd = Math.floor(hard * 0.75)
  const line = head.lastIndexOf('\n')
  if (line >= nearEnd) return `${head.slice(0, line)}\n…`.slice(0, max)
  const word = head.lastIndexOf(' ')
  return word >= nearEnd ? `${head.slice(0, word)}…` : `${head}…`
}

/** Keeps the tail of a text within `max` UTF-16 units; prefers to begin with a whole line. */
export function cutStart(text: string, max: number): string {
  if (text.length <= max) return text
  if (max <= 2) return cut(text, max)
  const begin = text.length - (max - 2)
  const line = text.indexOf('\n', begin - 1)
  const nearBegin = begin + Math.floor((max - 2) * 0.25)
  if (line !== -1 && line < nearBegin) return `…\n${text.slice(line + 1)}`
  const hard = isLowSurrogate(text, begin) ? begin + 1 : begin
  return `…${text.slice(hard)}`
}

/**
 * Keeps head and tail within `max` UTF-16 units and `maxLines` lines, and says how much is left out between. One cut for both:
 * what is cut a second time counts the lines of the cut, not of the text.
 */
export function cutMiddle(text: string, max: number, maxLines = Number.POSITIVE_INFINITY): string {
  const lines = text.split('\n')
  if (text.length <= max && lines.length <= maxLines) return text
  const room = max - 40
  if (room < 40) return cut(text, max)
  const headUnits = Math.floor(room * 0.6)
  const tailUnits = Math.floor(room * 0.4)
  const tailLines = Math.max(1, Math.floor(maxLines / 3))
  const head = wholeLines(lines, headUnits, Math.max(1, maxLines - tailLines - 1))
  const tail = wholeLines(lines.toReversed(), tailUnits, tailLines).reverse()
  if (head.length > 0 && tail.length > 0) {
    const left = lines.length - head.length - tail.length
    return [...head, `… ${plural(left, 'line')} left out …`, ...tail].join('\n')
  }
  // A line alone is longer than there is room.
  const first = cut(text, headUnits).replace(/\n?…$/, '')
  const last = cutStart(text, tailUnits).replace(/^…\n?/, '')
  const left = text.length - first.length - last.length
  return `${first}\n… ${plural(left, 'character')} left out …\n${last}`
}

function wholeLines(lines: string[], units: number, most: number): string[] {
  const kept: string[] = []
  let used = 0
  for (const line of lines) {
    used += line.length + 1
    if (used > units || kept.length >= most) break
    kept.push(line)
  }
  return kept
}

/** At most `most` lines of `total`; the last says how many are left out, never a single one. */
export function someOf(lines: readonly string[], most: number, total = lines.length): string[] {
  return total <= most ? [...lines] : [...lines.slice(0, most - 1), `… and ${total - most + 1} more`]
}
