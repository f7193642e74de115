import { columnsOf, NARROW } from './columns.ts'

/** At most `columns` wide, with an ellipsis where something was cut. */
export function cutToColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  if (columns <= 0) return ''
  if (NARROW.test(text)) return `${text.slice(0, columns - 1)}…`
  let kept = ''
  let used = 0
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  for (const { segment } of graphemes.segment(text)) {
    const width = columnsOf(segment)
    if (used + width > columns - 1) break
    kept += segment
    used += width
  }
  return `${kept}…`
}

/** In lines of at most `columns`, broken between words; the last one is cut where `maxLines` are not enough. */
export function wrapToColumns(text: string, columns: number, maxLines: number): string[] {
  const lines: string[] = []
  let rest = text.split(' ')
  while (rest.length > 0 && lines.length < maxLines - 1) {
    let taken = 1
    while (taken < rest.length && columnsOf(rest.slice(0, taken + 1).join(' ')) <= columns) taken++
    const line = rest.slice(0, taken).join(' ')
    // A word that is wider than a line is cut at its end, with all that follows.
    if (columnsOf(line) > columns) break
    lines.push(line)
    rest = rest.slice(taken)
  }
  return rest.length === 0 ? lines : [...lines, cutToColumns(rest.join(' '), columns)]
}

/**
 * The whole text in lines of at most `columns`, broken between words, each as far in as the first; a word that is too long for a
 * line has one of its own.
 */
export function wrapWhole(text: string, columns: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? ''
  const lines: string[] = []
  let line: string | undefined
  for (const word of text.slice(indent.length).split(' ')) {
    const longer: string = line === undefined ? `${indent}${word}` : `${line} ${word}`
    if (line !== undefined && columnsOf(longer) > columns) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = longer
  }
  return [...lines, line ?? indent]
}

/** Cut or filled with spaces to exactly `columns`. */
export function column(text: string, columns: number): string {
  const fitted = cutToColumns(text, columns)
  return fitted + ' '.repeat(Math.max(0, columns - columnsOf(fitted)))
}

/** The same, at the right end. */
export function columnRight(text: string, columns: number): string {
  const fitted = cutToColumns(text, columns)
  return ' '.repeat(Math.max(0, columns - columnsOf(fitted))) + fitted
}
