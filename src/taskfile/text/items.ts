import { LineKind } from './blocks.ts'
import { type Cursor, indentOf, skipCharacters, skipColumns } from './cursor.ts'
import { type Lines, lineEnd, lineStart } from './lines.ts'
import { markerAt } from './openers.ts'

/** An item of a list at the root of the document. Lines are 0-based, ends exclusive. */
export interface Item {
  line: number
  end: number
  /** Offset of the first character behind the marker, and behind the check box where there is one. */
  contentAt: number
  /** Columns that the content is indented by. */
  indent: number
  box?: { checked: boolean /** Offset of the character between the brackets. */; at: number }
}

/** The item that begins at `line`, where a line of the kind `item` stands; it ends before `to` at the latest. */
export function itemAt(lines: Lines, kinds: Uint8Array, line: number, to: number): Item {
  let end = line + 1
  for (let next = end; next < to; next++) {
    const kind = kinds[next]
    if (kind === LineKind.inside || kind === LineKind.lazy) end = next + 1
    else if (kind !== LineKind.blank) break
  }
  const cursor = cursorAt(lines, line)
  skipColumns(cursor, indentOf(cursor))
  const marker = markerAt(lines.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 12)))
  skipCharacters(cursor, marker?.width ?? 0)
  const blanks = indentOf(cursor)
  skipColumns(cursor, blanks > 4 ? 1 : blanks)
  const indent = cursor.column - cursor.owed
  return { line, end, indent, ...boxAt(lines, cursor) }
}

function boxAt(lines: Lines, cursor: Cursor): Pick<Item, 'contentAt' | 'box'> {
  const found = /^\[([ \txX])\][ \t]+(?=[^ \t])/.exec(
    lines.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 100)),
  )
  if (!found) return { contentAt: cursor.at }
  return { contentAt: cursor.at + found[0].length, box: { checked: /x/i.test(found[1]!), at: cursor.at + 1 } }
}

/** The lines of an item's content without the indentation that makes them content. */
export function itemLines(lines: Lines, item: Item): string[] {
  const found = [lines.text.slice(item.contentAt, lineEnd(lines, item.line))]
  for (let line = item.line + 1; line < item.end; line++) {
    const cursor = cursorAt(lines, line)
    skipColumns(cursor, item.indent)
    found.push(' '.repeat(cursor.owed) + lines.text.slice(cursor.at, cursor.end))
  }
  return found
}

function cursorAt(lines: Lines, line: number): Cursor {
  return { text: lines.text, at: lineStart(lines, line), end: lineEnd(lines, line), column: 0, owed: 0 }
}
