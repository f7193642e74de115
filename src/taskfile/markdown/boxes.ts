import { LineKind } from '../text/blocks.ts'
import { plainText } from '../text/inline.ts'
import { type Item, itemAt } from '../text/items.ts'
import { type Lines, lineEnd, lineText } from '../text/lines.ts'
import { contentRange } from '../text/ranges.ts'

/** A check box at the top level of the document, with what stands unindented below it. */
export interface Box extends Item {
  box: NonNullable<Item['box']>
  /** Behind the item itself, before those details. */
  itemEnd: number
  /** The headings that it stands under as written, the outermost first; without the title of the document. */
  above: string[]
}

interface Heading {
  level: number
  text: string
}

/** The check boxes of a text; those inside other items or quotes are content. */
export function readBoxes(lines: Lines, kinds: Uint8Array): Box[] {
  const boxes: Box[] = []
  const headings: Heading[] = []
  const above: Heading[] = []
  const aboveOf: Heading[][] = []
  // A paragraph whose last line is underlined is a heading, too: where the one that is read now begins.
  let paragraph = -1
  let open: Box | undefined
  const enter = (heading: Heading, line: number) => {
    if (open) open.end = lastFilled(kinds, open.itemEnd, line)
    open = undefined
    while (above.length > 0 && above.at(-1)!.level >= heading.level) above.pop()
    above.push(heading)
    headings.push(heading)
  }
  for (let line = 0; line < lines.count; line++) {
    const kind = kinds[line]
    if (kind === LineKind.text) {
      if (paragraph < 0) paragraph = line
      continue
    }
    const below = paragraph
    paragraph = -1
    if (kind === LineKind.heading) enter(headingIn(lineText(lines, line)), line)
    else if (below >= 0 && isUnderline(lines, kinds, line)) {
      enter({ level: kind === LineKind.underline ? 2 : 1, text: lineText(lines, line - 1).trim() }, below)
    } else if (kind === LineKind.item || kind === LineKind.rule) {
      if (open) open.end = lastFilled(kinds, open.itemEnd, line)
      open = undefined
      if (kind === LineKind.rule) continue
      const item = itemAt(lines, kinds, line, lines.count)
      if (item.box) {
        open = { ...item, box: item.box, itemEnd: item.end, above: [] }
        boxes.push(open)
        aboveOf.push([...above])
      }
      line = item.end - 1
    }
  }
  if (open) open.end = lastFilled(kinds, open.itemEnd, lines.count)
  const [first, ...others] = headings
  const title = first?.level === 1 && others.every(({ level }) => level > 1) ? first : undefined
  return boxes.map((box, index) => ({
    ...box,
    above: aboveOf[index]!.filter((heading) => heading !== title).map(({ text }) => text),
  }))
}

function headingIn(line: string): Heading {
  const text = line.trim()
  const level = /^#+/.exec(text)![0].length
  return {
    level,
    text: text
      .slice(level)
      .replace(/[ \t]+#+$/, '')
      .trim(),
  }
}

function isUnderline(lines: Lines, kinds: Uint8Array, line: number): boolean {
  return (
    kinds[line] === LineKind.underline ||
    (kinds[line] === LineKind.other && /^ {0,3}=+[ \t]*$/.test(lineText(lines, line)))
  )
}

/** The line behind the last one that is not blank, at least `from`. */
function lastFilled(kinds: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && kinds[end - 1] === LineKind.blank) end--
  return end
}

/** The first line of an item, without markup. */
export function boxTitle(lines: Lines, box: Box): string {
  return plainText(lines.text.slice(box.contentAt, lineEnd(lines, box.line)).trim())
}

/** Everything in an item after its box, byte for byte. */
export function boxInstruction(lines: Lines, kinds: Uint8Array, box: Box): string {
  const { start, end } = contentRange(lines, kinds, box.contentAt, box.line, box.end)
  return lines.text.slice(start, end)
}
