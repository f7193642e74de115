import type { TaskNumber } from '../../core/types.ts'
import { fieldAt } from '../fields/fields.ts'
import { LineKind } from '../text/blocks.ts'
import { type Lines, lineStart, lineText } from '../text/lines.ts'
import { type Field, readFields } from './head.ts'

/** A `##` heading and what is below it, up to the next one. Lines are 0-based, ends exclusive. */
export interface Section {
  heading: number
  body: number
  end: number
  /** The heading's text as written, and its offset. */
  text: string
  textAt: number
  /** The N of `Task N: …`. */
  number?: TaskNumber
  /** The heading's text without `Task N:`. */
  name: string
  /** In the order written, up to and including the Claude Instruction; read when first asked for. */
  fields: () => Field[]
}

type Heading = Pick<Section, 'heading' | 'body' | 'text' | 'textAt'> & { underlined: boolean }

/**
 * The sections of a text. A heading that is underlined with dashes begins one only when it is a single line and a task:
 * people write `---` below a paragraph to separate tasks, and mean no heading.
 */
export function readSections(lines: Lines, kinds: Uint8Array): Section[] {
  const found = headings(lines, kinds)
  const kept = found.filter((heading, index) => {
    if (!heading.underlined) return true
    return isTask(sectionOf(lines, kinds, heading, found[index + 1]?.heading ?? lines.count))
  })
  return kept.map((heading, index) => sectionOf(lines, kinds, heading, kept[index + 1]?.heading ?? lines.count))
}

/** What should be done: each of these makes a task of a section. */
const MAKES_A_TASK: ReadonlySet<string> = new Set(['Claude Instruction', 'Run', 'Deploy'])

/** Whether a line gives something to do, and so makes a task of its section. */
export const isWork = (line: string): boolean => {
  const known = fieldAt(line)?.known
  return known !== undefined && MAKES_A_TASK.has(known)
}

/** A section is a task when it says what should be done, or when it is called `Task N: …`. */
export function isTask(section: Section): boolean {
  return (
    section.number !== undefined || section.fields().some(({ known }) => known !== undefined && MAKES_A_TASK.has(known))
  )
}

function headings(lines: Lines, kinds: Uint8Array): Heading[] {
  const found: Heading[] = []
  for (let line = 0; line < lines.count; line++) {
    const kind = kinds[line]
    if (kind === LineKind.heading) {
      const text = lineText(lines, line)
      const marks = /^ {0,3}##(?!#)[ \t]*/.exec(text)
      if (marks) found.push(heading(lines, line, marks[0].length, withoutClosing(text), false))
    } else if (kind === LineKind.underline && isSingleLine(kinds, line - 1)) {
      const text = lineText(lines, line - 1)
      const from = text.search(/[^ \t]/)
      const isDefinition = text[from] === '[' && text.includes(']:')
      if (!isDefinition && !fieldAt(text)) found.push(heading(lines, line - 1, from, text, true))
    }
  }
  return found
}

function isSingleLine(kinds: Uint8Array, line: number): boolean {
  return kinds[line] === LineKind.text && kinds[line - 1] !== LineKind.text && kinds[line - 1] !== LineKind.lazy
}

function heading(lines: Lines, line: number, from: number, text: string, underlined: boolean): Heading {
  const body = line + (underlined ? 2 : 1)
  return { heading: line, body, text: text.slice(from).trim(), textAt: lineStart(lines, line) + from, underlined }
}

/** Without the `##` that may close a heading. */
function withoutClosing(text: string): string {
  const whole = text.trimEnd()
  let end = whole.length
  while (whole[end - 1] === '#') end--
  return end < whole.length && (whole[end - 1] === ' ' || whole[end - 1] === '\t') ? whole.slice(0, end) : whole
}

/** `Task 3: …`, `Task 1.1`, `TASK-1`, `Task #3`, `📝 Task 4`. */
const taskName =
  /^(?:(?:\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?\u200d?)+[ \t]*)?task(?:[ \t]+#?|[-_#])(\d{1,9}(?:\.\d{1,9}){0,5}[a-z]?)[ \t]*(?:[:.)–—-][ \t]*|$)/iu

/** What a heading's text says when it is called like a task: the number, and the text without it. */
export function numberedName(text: string): { number: TaskNumber; name: string } | undefined {
  const found = taskName.exec(text)
  return found ? { number: numberFrom(found[1]!), name: text.slice(found[0].length) } : undefined
}

/** A number as people write it: without zeros in front, a text where it is not a whole number. */
export function numberFrom(text: string): TaskNumber {
  const plain = text.toLowerCase().replace(/(^|\.)0+(?=\d)/g, '$1')
  return /^\d+$/.test(plain) ? Number(plain) : plain
}

function sectionOf(lines: Lines, kinds: Uint8Array, heading: Heading, end: number): Section {
  const { underlined: _, ...where } = heading
  const numbered = numberedName(heading.text)
  let fields: Field[] | undefined
  return {
    ...where,
    end,
    ...(numbered ? { number: numbered.number } : {}),
    name: numbered?.name ?? heading.text,
    fields: () => (fields ??= readFields(lines, kinds, heading.body, end)),
  }
}
