import { columnsOf, NARROW } from '../../text/columns.ts'

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
