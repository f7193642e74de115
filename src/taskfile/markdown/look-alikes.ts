import { fieldAt } from '../fields/fields.ts'
import type { Reporter } from '../problem.ts'
import { LineKind } from '../text/blocks.ts'
import { lineStart, lineText } from '../text/lines.ts'
import { hasOddCharacters, oddAdvice, oddCharacterIn, straightened } from '../text/odd-characters.ts'
import { closesFence, type Fence, fenceAt } from '../text/openers.ts'
import type { Outline } from './outline.ts'
import { isTask, isWork, numberedName, type Section } from './sections.ts'

/** What begins a line is all that matters here. */
const shownCharacters = 120

/** Reports headings and fields that are none because of a single character: a full-width colon, a no-break space. */
export function checkLookAlikes({ lines, kinds, sections }: Outline, report: Reporter): void {
  let next = 0
  let section: Section | undefined
  for (let line = 0; line < lines.count; line++) {
    if (sections[next]?.heading === line) section = sections[next++]
    const kind = kinds[line]
    if (kind !== LineKind.text && kind !== LineKind.lazy && kind !== LineKind.heading) continue
    const written = lineText(lines, line).slice(0, shownCharacters)
    if (!hasOddCharacters(written)) continue
    const meant = straightened(written)
    const what = lostHeading(written, meant) ?? lostField(written, meant, line, section)
    const odd = oddCharacterIn(written)
    if (!what || !odd) continue
    // A heading that is a task anyway only loses its number.
    const isLost = what === 'field' ? isTask(section!) : kind === LineKind.heading && !(section && isTask(section))
    const message = what === 'field' ? 'This is not read as a field' : 'This heading is not read as “Task N: …”'
    report[isLost ? 'error' : 'warning'](lineStart(lines, line) + odd.at, message, oddAdvice(odd))
  }
}

const taskHeading = /^ {0,3}##(?!#)[ \t]+(.*)$/

function lostHeading(written: string, meant: string): 'heading' | undefined {
  const name = (text: string) => numberedName(taskHeading.exec(text)?.[1]?.trim() ?? '')
  return name(meant) && !name(written) ? 'heading' : undefined
}

function lostField(written: string, meant: string, line: number, section?: Section): 'field' | undefined {
  if (!section || !/^ {0,3}(?:\*\*|__)/.test(meant)) return undefined
  // Below the Claude Instruction all words are Claude's.
  const instruction = section.fields().find(({ known }) => known === 'Claude Instruction')
  if (instruction && line >= instruction.line) return undefined
  return fieldAt(meant)?.known && !fieldAt(written)?.known ? 'field' : undefined
}

/** Warns of a code block without an end that has swallowed what looks like a task. */
export function checkOpenFence({ lines, kinds }: Outline, report: Reporter): void {
  let fence: Fence | undefined
  let opened = 0
  for (let line = 0; line < lines.count; line++) {
    if (kinds[line] !== LineKind.other) {
      // Only lines of the block itself, and blank ones, stand inside it.
      if (kinds[line] !== LineKind.blank) fence = undefined
      continue
    }
    const text = lineText(lines, line)
    const indent = /^ */.exec(text)![0].length
    const rest = text.slice(indent)
    if (indent > 3) continue
    if (fence) {
      if (closesFence(rest, fence)) fence = undefined
    } else {
      fence = fenceAt(rest)
      opened = line
    }
  }
  if (!fence) return
  for (let line = opened + 1; line < lines.count; line++) {
    const text = lineText(lines, line).slice(0, shownCharacters)
    const isTaskLike =
      numberedName(taskHeading.exec(text)?.[1]?.trim() ?? '') ||
      fieldAt(text)?.known === 'Claude Instruction' ||
      /^ {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]+\S/.test(text)
    if (!isTaskLike) continue
    const message = `This code block is never closed, and what looks like a task in line ${line + 1} belongs to it`
    report.warning(lineStart(lines, opened), message, 'Close it with a line of the same marks.')
    return
  }
}

/** Warns of a task under a heading of another level: it would be run as words of the task above it, or not at all. */
export function checkHeadingLevels({ lines, kinds }: Outline, report: Reporter): void {
  let found: { line: number; marks: number } | undefined
  for (let line = 0; line < lines.count; line++) {
    const kind = kinds[line]
    if (kind === LineKind.heading) {
      const [, marks, name] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(lineText(lines, line).slice(0, shownCharacters)) ?? []
      found = marks && marks !== '##' && numberedName(name!.trim()) ? { line, marks: marks.length } : undefined
    } else if (found && (kind === LineKind.text || kind === LineKind.lazy) && isWork(lineText(lines, line))) {
      const hint = `A task starts with two #, and this heading has ${found.marks}: what is below it belongs to what is above it.`
      report.warning(lineStart(lines, found.line), 'This heading does not start a task', hint)
      found = undefined
    }
  }
}
