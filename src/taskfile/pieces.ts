import { Kind } from './blocks.ts'
import type { Field } from './head.ts'
import { type Item, itemAt, itemLines } from './items.ts'
import { type Lines, lineEnd, lineText } from './lines.ts'
import { closesFence, fenceAt } from './openers.ts'
import { contentRange } from './ranges.ts'

/** A part of the value of a list field. */
export interface Piece {
  kind: 'item' | 'fence' | 'text'
  /** An item's lines without its marker, a fence's without the fences, or one line of text. */
  lines: string[]
  /** Lines right below an item that Markdown takes for the item's although they are not indented. */
  lazy?: string[]
}

/** The value of a field, piece by piece: the rest of its own line and what follows up to the next field. */
export function piecesOf(lines: Lines, kinds: Uint8Array, field: Field): Piece[] {
  const pieces: Piece[] = []
  const content = contentRange(lines, kinds, field.valueAt, field.line, field.end)
  if (content.start === content.end) return pieces
  const own = lines.text.slice(field.valueAt, lineEnd(lines, field.line)).trim()
  if (own !== '') pieces.push({ kind: 'text', lines: [own] })
  for (let line = field.line + 1; line < field.end && lines.starts[line]! < content.end; ) {
    if (kinds[line] === Kind.item) {
      const item = itemAt(lines, kinds, line, field.end)
      pieces.push(itemPiece(lines, kinds, item))
      line = item.end
    } else {
      const fenced = kinds[line] === Kind.other ? fencedFrom(lines, line, field.end) : undefined
      if (fenced) pieces.push(fenced.piece)
      else if (kinds[line] !== Kind.blank) pieces.push({ kind: 'text', lines: [lineText(lines, line).trim()] })
      line = fenced?.end ?? line + 1
    }
  }
  return pieces
}

function itemPiece(lines: Lines, kinds: Uint8Array, item: Item): Piece {
  let lazyFrom = item.line + 1
  while (lazyFrom < item.end && kinds[lazyFrom] !== Kind.lazy) lazyFrom++
  const all = itemLines(lines, item)
  const own = lazyFrom - item.line
  return { kind: 'item', lines: all.slice(0, own), ...(own < all.length ? { lazy: all.slice(own) } : {}) }
}

function fencedFrom(lines: Lines, from: number, to: number): { piece: Piece; end: number } | undefined {
  const fence = fenceAt(lineText(lines, from).trimStart())
  if (!fence) return undefined
  const inside: string[] = []
  for (let line = from + 1; line < to; line++) {
    const text = lineText(lines, line)
    if (/^ {0,3}[`~]/.test(text) && closesFence(text.trimStart(), fence)) {
      return { piece: { kind: 'fence', lines: inside }, end: line + 1 }
    }
    inside.push(text)
  }
  return { piece: { kind: 'fence', lines: inside }, end: to }
}
