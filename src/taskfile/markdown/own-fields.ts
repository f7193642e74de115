import { type FieldName, knownField, nearestAdvice } from '../fields/fields.ts'
import { none, readers, type Settings, wrongValue } from '../fields/readers.ts'
import { contentRange } from '../text/ranges.ts'
import type { FileFrame } from './frame.ts'
import type { Field } from './head.ts'
import type { Section } from './sections.ts'
import { proseFrom, readValue } from './values.ts'

/** What the fields of one task say, and the prose between them. */
export interface OwnFields {
  settings: Settings
  prose: string[]
  /** Offset of the value of Depends On. */
  dependsOnAt?: number
}

/** Reads the fields of a section, all but the Claude Instruction. */
export function readOwnFields(frame: FileFrame, section: Section): OwnFields {
  const { lines, kinds, report } = frame
  const own: OwnFields = { settings: {}, prose: [] }
  const seen = new Map<FieldName, Field>()
  for (const field of section.fields()) {
    const { known } = field
    const first = known && seen.get(known)
    if (!known) {
      reportUnknown(frame, field)
      own.prose.push(proseFrom(lines, kinds, field.line, field.end))
    } else if (first) {
      const hint = `The first one is on line ${first.line + 1}: keep one of them.`
      report.error(field.nameAt, `${known} appears twice in this task`, hint)
    } else {
      seen.set(known, field)
      if (known === 'Description') {
        const { start, end } = contentRange(lines, kinds, field.valueAt, field.line, field.end)
        own.prose.push(lines.text.slice(start, end))
      } else if (known !== 'Claude Instruction') readKnown(frame, { ...field, known }, own)
    }
  }
  return own
}

function readKnown(
  { lines, kinds, report }: FileFrame,
  field: Field & { known: Exclude<FieldName, 'Description' | 'Claude Instruction'> },
  own: OwnFields,
): void {
  const { value, prose } = readValue(lines, kinds, field)
  own.prose.push(prose)
  if (field.known === 'Depends On') own.dependsOnAt = field.valueAt
  const second = secondField(value.text)
  if (second) {
    report.error(field.valueAt, `${second} is on the same line as ${field.known}`, 'Put each field on its own line.')
    return
  }
  if ((field.known === 'Verify' || field.known === 'Run') && !none(value))
    for (const { at, message, hint } of value.commands().problems) report.error(at, message, hint)
  const read = readers[field.known](value)
  if ('expected' in read) report.error(field.valueAt, ...wrongValue(field.known, value.text, read.expected))
  else Object.assign(own.settings, read)
}

function reportUnknown({ report }: FileFrame, field: Field): void {
  const hint = `${nearestAdvice(field.name)} As it is, it is read as part of the description.`
  report.warning(field.nameAt, `Unknown field "${field.name}"`, hint)
}

/** The known field within a one-line value: fields of which several were put on one line. */
function secondField(text: string): FieldName | undefined {
  if (text.length > 2_000) return undefined
  const found = /(?:\*\*|__)[ \t]*([\p{L} _-]{1,40}?)[ \t]*(?::[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)/u.exec(text)
  return found ? knownField(found[1]!) : undefined
}
