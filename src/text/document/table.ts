import { columnsOf } from '../columns.ts'
import type { Table } from './nodes.ts'

/** A table as lines of monospaced text; undefined where it is wider than `columns`. */
export function tableLines(
  head: string[],
  rows: string[][],
  align: Table['align'],
  columns: number,
): string[] | undefined {
  const widths = head.map((_, i) => Math.max(1, ...[head, ...rows].map((row) => columnsOf(row[i] ?? ''))))
  if (widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1) > columns) return undefined
  const line = (row: string[]) =>
    widths
      .map((width, i) => filled(row[i] ?? '', width, align[i] ?? 'left'))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)]
}

function filled(text: string, width: number, align: Table['align'][number]): string {
  const free = Math.max(0, width - columnsOf(text))
  const left = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0
  return `${' '.repeat(left)}${text}${' '.repeat(free - left)}`
}
