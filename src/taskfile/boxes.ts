import { Kind } from './blocks.ts'
import { plainText } from './inline.ts'
import { type Item, itemAt } from './items.ts'
import { type Lines, lineEnd, lineStart } from './lines.ts'
import { contentRange } from './ranges.ts'

/** A check box at the top level of the document. */
export interface Box extends Item {
  box: NonNullable<Item['box']>
}

/** The check boxes of a text; those inside of other items or quotes are content. */
export function readBoxes(lines: Lines, kinds: Uint8Array): Box[] {
  const boxes: Box[] = []
  for (let line = 0; line < lines.count; line++) {
    if (kinds[line] !== Kind.item) continue
    const item = itemAt(lines, kinds, line, lines.count)
    if (item.box) boxes.push({ ...item, box: item.box })
  }
  return boxes
}

/** The first line of an item, without markup. */
export function boxTitle(lines: Lines, box: Box): string {
  return plainText(lines.text.slice(box.contentAt, lineEnd(lines, box.line)).trim())
}

/** All that stands in an item behind its box, byte for byte. */
export function boxInstruction(lines: Lines, kinds: Uint8Array, box: Box): string {
  const { start, end } = contentRange(lines, kinds, box.contentAt, box.line, box.end)
  return lines.text.slice(start, end)
}

/** Offset of the beginning of an item's first line. */
export function boxStart(lines: Lines, box: Box): number {
  return lineStart(lines, box.line)
}
