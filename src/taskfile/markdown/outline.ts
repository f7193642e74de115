import type { TaskNumber } from '../../core/types.ts'
import { lineKinds } from '../text/blocks.ts'
import { plainText } from '../text/inline.ts'
import { type Lines, splitLines } from '../text/lines.ts'
import { contentRange } from '../text/ranges.ts'
import { type Box, boxInstruction, boxTitle, readBoxes } from './boxes.ts'
import { isTask, readSections, type Section } from './sections.ts'

/** Where the tasks of a text stand; what they say is read only when asked for. */
export interface Outline {
  lines: Lines
  kinds: Uint8Array
  /** Every `##` section, tasks and others. */
  sections: Section[]
  /** The sections that are tasks or, in a file without such, the check boxes; in the order written. */
  tasks: OutlinedTask[]
}

export type OutlinedTask = {
  number?: TaskNumber
  /** As people read it: without `Task N:` and without markup. */
  title: () => string
  /** Byte for byte; empty when the task has none. */
  instruction: () => string
} & ({ form: 'section'; section: Section } | { form: 'checkbox'; box: Box })

/** Finds the tasks of a text, in linear time. */
export function readOutline(text: string): Outline {
  const lines = splitLines(text)
  const kinds = lineKinds(lines)
  const sections = readSections(lines, kinds)
  const found = sections.filter(isTask)
  const tasks =
    found.length > 0
      ? found.map((section) => sectionTask(lines, kinds, section))
      : readBoxes(lines, kinds).map((box) => boxTask(lines, kinds, box))
  return { lines, kinds, sections, tasks }
}

function sectionTask(lines: Lines, kinds: Uint8Array, section: Section): OutlinedTask {
  const { number, name } = section
  return {
    form: 'section',
    section,
    ...(number === undefined ? {} : { number }),
    title: () => plainText(name) || (number === undefined ? '(untitled)' : `Task ${number}`),
    instruction: () => sectionInstruction(lines, kinds, section),
  }
}

function sectionInstruction(lines: Lines, kinds: Uint8Array, { fields, end }: Section): string {
  const field = fields().at(-1)
  if (field?.known !== 'Claude Instruction') return ''
  const content = contentRange(lines, kinds, field.valueAt, field.line, end)
  return lines.text.slice(content.start, content.end)
}

function boxTask(lines: Lines, kinds: Uint8Array, box: Box): OutlinedTask {
  return {
    form: 'checkbox',
    box,
    title: () => [...box.above.map(plainText), boxTitle(lines, box)].join(' › '),
    instruction: () => boxInstruction(lines, kinds, box),
  }
}
