const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Where `text` may be cut at or before `at`: never inside what people see as one character. */
export function safeEnd(text: string, at: number): number {
  if (at >= text.length) return text.length
  if (at <= 0) return 0
  // A grapheme is rarely long; a window keeps this cheap in long texts.
  const begin = Math.max(0, at - 64)
  let end = begin
  for (const { index, segment } of graphemes.segment(text.slice(begin, at + 64))) {
    if (begin + index + segment.length > at) break
    end = begin + index + segment.length
  }
  if (end > begin) return end
  // One endless cluster: at least keep surrogate pairs whole.
  return isLowSurrogate(text, at) ? at - 1 : at
}

const isLowSurrogate = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00

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

/** Keeps head and tail within `max` UTF-16 units, and says how much is left out between. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text
  const room = max - 40
  if (room < 40) return cut(text, max)
  const head = cut(text, Math.floor(room * 0.6)).replace(/\n?…$/, '')
  const tail = cutStart(text, Math.floor(room * 0.4)).replace(/^…\n?/, '')
  const between = text.slice(head.length, text.length - tail.length)
  const lines = between.split('\n').length - 1
  const left = lines > 1 ? `${lines} lines` : `${between.length} characters`
  return `${head}\n… ${left} left out …\n${tail}`
}

/** Keeps the first and the last of more than `max` lines, and says how many are left out between. */
export function cutLines(text: string, max: number): string {
  const lines = text.split('\n')
  if (lines.length <= max) return text
  const tail = Math.floor(max / 3)
  const head = max - tail - 1
  const left = `… ${lines.length - head - tail} lines left out …`
  return [...lines.slice(0, head), left, ...lines.slice(-tail)].join('\n')
}
