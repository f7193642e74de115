import { columnsOf } from '../../text/columns.ts'
import { graphemesOf } from '../../text/graphemes.ts'

/** Fills or cuts a cell to exactly `columns`; `keep` says which end of it matters. */
export function cell(
  text: string,
  columns: number,
  align: 'left' | 'right' = 'left',
  keep: 'head' | 'tail' = 'head',
): string {
  const shown =
    columnsOf(text) <= columns
      ? text
      : keep === 'head'
        ? `${take(text, columns - 1, 'head')}…`
        : `…${take(text, columns - 1, 'tail')}`
  const fill = ' '.repeat(Math.max(0, columns - columnsOf(shown)))
  return align === 'left' ? shown + fill : fill + shown
}

function take(text: string, columns: number, end: 'head' | 'tail'): string {
  const segments = [...graphemesOf(text)].map((s) => s.segment)
  if (end === 'tail') segments.reverse()
  const taken: string[] = []
  let width = 0
  for (const segment of segments) {
    width += columnsOf(segment)
    if (width > columns) break
    taken.push(segment)
  }
  return (end === 'tail' ? taken.reverse() : taken).join('')
}
