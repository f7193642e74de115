import { type FieldName, fieldAt, nearestField } from '../fields/fields.ts'
import { LineKind } from '../text/blocks.ts'
import { type Lines, lineStart, lineText } from '../text/lines.ts'

/** A field of a task, where it stands. */
export interface Field {
  /** As written. */
  name: string
  /** Absent: a name that is not a field's. */
  known?: FieldName
  line: number
  /** Line behind the field: the next field's, or the end of the section. 0-based. */
  end: number
  /** Offsets in the text. */
  nameAt: number
  valueAt: number
}

/**
 * The fields between two lines, up to and including the Claude Instruction: what follows that belongs to it.
 *
 * A field begins at the beginning of a line of text at the root of the document; also right below a list, where Markdown
 * would continue the last item. A bold name that no field has counts as an (unknown) field only below the heading,
 * another field or a list; below a line of prose it is prose, unless it is a slip of a known name.
 */
export function readFields(lines: Lines, kinds: Uint8Array, from: number, to: number): Field[] {
  const fields: Field[] = []
  let belowProse = false
  for (let line = from; line < to; line++) {
    const kind = kinds[line]
    if (kind === LineKind.blank) continue
    const field = kind === LineKind.text || kind === LineKind.lazy ? fieldOf(lines, line, to) : undefined
    if (!field || (!field.known && belowProse && !nearestField(field.name).close)) {
      belowProse = kind === LineKind.text
      continue
    }
    belowProse = false
    const last = fields.at(-1)
    if (last) last.end = line
    fields.push(field)
    if (field.known === 'Claude Instruction') break
  }
  return fields
}

function fieldOf(lines: Lines, line: number, end: number): Field | undefined {
  const text = lineText(lines, line)
  const found = /^ {0,3}[*_]/.test(text) ? fieldAt(text) : undefined
  if (!found) return undefined
  const start = lineStart(lines, line)
  return {
    name: found.name,
    ...(found.known ? { known: found.known } : {}),
    line,
    end,
    nameAt: start + found.nameAt,
    valueAt: start + found.valueAt,
  }
}
