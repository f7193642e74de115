import { createRequire } from 'node:module'

const ASCII = /^[\x20-\x7e]*$/

/** Loading the tables of wide characters takes half as long as starting Node: only where there are any. */
const require = createRequire(import.meta.url)
const widthOf = (text: string): number => (require('string-width') as typeof import('string-width')).default(text)

/** Columns that a text without escapes takes on a terminal. */
export const columnsOf = (text: string): number => (ASCII.test(text) ? text.length : widthOf(text))

/** At most `columns` wide, with an ellipsis where something was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  if (columns <= 0) return ''
  if (ASCII.test(text)) return `${text.slice(0, columns - 1)}…`
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
  const fitted = cut(text, columns)
  return fitted + ' '.repeat(Math.max(0, columns - columnsOf(fitted)))
}

/** The same, at the right end. */
export function columnRight(text: string, columns: number): string {
  const fitted = cut(text, columns)
  return ' '.repeat(Math.max(0, columns - columnsOf(fitted))) + fitted
}
