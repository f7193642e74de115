import type { Reporter } from '../problem.ts'
import { LineKind } from '../text/blocks.ts'
import { type Lines, lineStart, lineText } from '../text/lines.ts'
import { oddAdvice, oddCharacterIn, straightened } from '../text/odd-characters.ts'
import { readBoxes } from './boxes.ts'

/** What is between brackets at the beginning of an item or line; links and footnotes are none. */
const brackets = /^ {0,3}((?:[-+*]|\d{1,9}[.)])?[ \t]*)\[([^[\]\n]{0,3})\](?![[(:])(.*)$/u
/** Marks that lists of tasks have in other programs: cancelled, begun, important, put off, done. */
const foreignMarks = /^(?:[-~/!?*><+oOiI•✓✔✗✘√×xX✅]|✔️|\s{2,3}|[ \t]?[xX][ \t]?|)$/u
const longest = 1_000

/** Warns of each line that looks like a check box and is none: what it says would not be done, and nobody would notice. */
export function checkNearBoxes(lines: Lines, kinds: Uint8Array, report: Reporter): void {
  const boxes = new Set(readBoxes(lines, kinds).map(({ line }) => line))
  for (let line = 0; line < lines.count; line++) {
    const kind = kinds[line]
    if (boxes.has(line) || (kind !== LineKind.item && kind !== LineKind.text && kind !== LineKind.lazy)) continue
    const written = lineText(lines, line)
    if (written.length > longest || !/[[［]/.test(written)) continue
    const near = nearBox(written)
    if (near) report.warning(lineStart(lines, line) + near.at, near.message, near.hint)
  }
}

const asBox = 'Write "- [ ] …" for a task to do, or "- [x] …" for one that is done.'

function nearBox(written: string): { at: number; message: string; hint: string } | undefined {
  const found = brackets.exec(straightened(written).replace(/\u00a0/g, ' '))
  if (!found) return undefined
  const [, marker = '', inside = '', rest = ''] = found
  const at = Math.max(0, written.search(/[[［]/))
  const isPlain = /^[ xX]?$/.test(inside)
  if (!isPlain && !foreignMarks.test(inside)) return undefined
  const shown = `[${inside}]`
  const message = `This looks like a check box but is not a task`
  // What was straightened away is what is wrong.
  const odd = oddCharacterIn(written)
  if (odd && odd.at <= at + 6) return { at: odd.at, message, hint: `${oddAdvice(odd)} ${asBox}` }
  if (marker.trim() === '')
    return isPlain && inside !== '' && rest.trim() !== '' ? { at, message, hint: asBox } : undefined
  if (rest.trim() === '')
    return { at, message: `${message}: it has no text`, hint: 'Write after it what should be done.' }
  if (!/\s$/.test(marker)) return { at, message, hint: `A space is missing before ${shown}. ${asBox}` }
  if (isPlain && inside !== '') return { at, message, hint: `A space is missing after ${shown}. ${asBox}` }
  if (inside === '') return { at, message, hint: `A space is missing in the brackets. ${asBox}` }
  return { at, message: `${message}: ${shown} means nothing here`, hint: asBox }
}
