import { LineKind } from '../text/blocks.ts'
import { type Item, itemAt, itemLines } from '../text/items.ts'
import { type Lines, lineEnd, lineText } from '../text/lines.ts'
import { closesFence, fenceAt, infoOf } from '../text/openers.ts'
import { contentRange } from '../text/ranges.ts'
import type { Field } from './head.ts'

/** A part of the value of a list field. */
export interface Piece {
  kind: 'item' | 'fence' | 'text'
  /** Of the first of its lines, 0-based. */
  line: number
  /** An item's lines without its marker, a fence's without the fences, or one line of text. */
  lines: string[]
  /** Lines right below an item that Markdown takes for the item's although they are not indented. */
  lazy?: string[]
  /** Of a fence: what follows its marks, and whether it has an end. */
  info?: string
  closed?: boolean
}

/** The value of a field, piece by piece: the rest of its own line and what follows up to the next field. */
export function piecesOf(lines: Lines, kinds: Uint8Array, field: Field): Piece[] {
  const pieces: Piece[] = []
  const content = contentRange(lines, kinds, field.valueAt, field.line, field.end)
  if (content.start === content.end) return pieces
  const own = lines.text.slice(field.valueAt, lineEnd(lines, field.line)).trim()
  if (own !== '') pieces.push({ kind: 'text', line: field.line, lines: [own] })
  for (let line = field.line + 1; line < field.end && lines.starts[line]! < content.end; ) {
    if (kinds[line] === LineKind.item) {
      const item = itemAt(lines, kinds, line, field.end)
      pieces.push(itemPiece(lines, kinds, item))
      line = item.end
    } else {
      const kind = kinds[line]
      const block =
        kind === LineKind.other
          ? (fencedFrom(lines, line, field.end) ?? commentFrom(lines, line, field.end))
          : kind === LineKind.code
            ? indentedFrom(lines, kinds, line, field.end)
            : undefined
      if (block?.piece) pieces.push(block.piece)
      else if (!block && kind !== LineKind.blank)
        pieces.push({ kind: 'text', line, lines: [lineText(lines, line).trim()] })
      line = block?.end ?? line + 1
    }
  }
  return pieces
}

function itemPiece(lines: Lines, kinds: Uint8Array, item: Item): Piece {
  let lazyFrom = item.line + 1
  while (lazyFrom < item.end && kinds[lazyFrom] !== LineKind.lazy) lazyFrom++
  const all = itemLines(lines, item)
  const own = lazyFrom - item.line
  return {
    kind: 'item',
    line: item.line,
    lines: all.slice(0, own),
    ...(own < all.length ? { lazy: all.slice(own) } : {}),
  }
}

interface Block {
  /** Absent: it says nothing. */
  piece?: Piece
  end: number
}

function fencedFrom(lines: Lines, from: number, to: number): Block | undefined {
  const opening = lineText(lines, from)
  const fence = fenceAt(opening.trimStart())
  if (!fence) return undefined
  const indent = opening.search(/[`~]/)
  const piece: Piece = { kind: 'fence', line: from + 1, lines: [], info: infoOf(opening), closed: false }
  for (let line = from + 1; line < to; line++) {
    const text = lineText(lines, line)
    if (/^ {0,3}[`~]/.test(text) && closesFence(text.trimStart(), fence)) {
      return { piece: { ...piece, closed: true }, end: line + 1 }
    }
    piece.lines.push(withoutIndent(text, indent))
  }
  return { piece, end: to }
}

function indentedFrom(lines: Lines, kinds: Uint8Array, from: number, to: number): Block {
  let end = from + 1
  for (let line = end; line < to && (kinds[line] === LineKind.code || kinds[line] === LineKind.blank); line++)
    if (kinds[line] === LineKind.code) end = line + 1
  const inside = Array.from({ length: end - from }, (_, index) =>
    lineText(lines, from + index).replace(/^(?: {4}| {0,3}\t)/, ''),
  )
  return { piece: { kind: 'fence', line: from, lines: inside, info: '', closed: true }, end }
}

/** A comment says nothing to anybody. */
function commentFrom(lines: Lines, from: number, to: number): Block | undefined {
  if (!/^ {0,3}<!--/.test(lineText(lines, from))) return undefined
  for (let line = from; line < to; line++) {
    const end = lineText(lines, line).indexOf('-->')
    if (end >= 0)
      return lineText(lines, line)
        .slice(end + 3)
        .trim() === ''
        ? { end: line + 1 }
        : undefined
  }
  return undefined
}

function withoutIndent(text: string, most: number): string {
  const blanks = /^ */.exec(text)![0].length
  return text.slice(Math.min(most, blanks))
}
