import type { TaskNumber } from '../../core/types.ts'
import { type FieldName, nearestField } from '../fields/fields.ts'
import { lineText } from '../text/lines.ts'
import type { FileFrame } from './frame.ts'
import type { Outline } from './outline.ts'
import type { Section } from './sections.ts'

/** Reports every `Task N` whose number was taken before. */
export function checkNumbers({ report }: Pick<FileFrame, 'report'>, sections: Section[]): void {
  const first = new Map<TaskNumber, Section>()
  for (const section of sections) {
    const { number, heading, textAt } = section
    if (number === undefined) continue
    const before = first.get(number)
    if (!before) first.set(number, section)
    else {
      const both = `lines ${before.heading + 1} and ${heading + 1}`
      report.error(textAt, `There are two tasks called Task ${number}: ${both}`, 'Give one of them another number.')
    }
  }
}

/** Fields that say little outside a task; the others may well be words of a text. */
const telling: ReadonlySet<string> = new Set<FieldName>([
  'Priority',
  'Requires Approval',
  'Depends On',
  'Acceptance Criteria',
  'Verify',
])

/** Warns of a section that looks like a task and is none. */
export function checkContextSection({ report }: Pick<FileFrame, 'report'>, section: Section): void {
  for (const { known, name, nameAt } of section.fields()) {
    if (known && telling.has(known)) {
      const hint =
        'A task has a **Claude Instruction:** (or **Run:**). As it is, this section is context for all tasks.'
      report.warning(section.textAt, `This section has the field ${known} but is not a task`, hint)
      return
    }
    const nearest = known ? undefined : nearestField(name)
    if (nearest?.close && (nearest.name === 'Claude Instruction' || nearest.name === 'Run')) {
      const hint = `Did you mean "${nearest.name}"? As it is, this section is not a task but context for all tasks.`
      report.warning(nameAt, `Unknown field "${name}"`, hint)
      return
    }
  }
}

/** What to write into a file without tasks, with a look at what is there. */
export function noTaskHint({ lines }: Outline): string {
  for (let line = 0; line < lines.count; line++) {
    const found = /^ {0,3}(#|#{3,6})[ \t]+task[ \t]+\d/i.exec(lineText(lines, line).slice(0, 80))
    if (found) return `A task starts with two #: the heading on line ${line + 1} has ${found[1]!.length}.`
  }
  return 'Write "## Task 1: …" with **Claude Instruction:** below it, or a list of "- [ ] …".'
}
