import { distance } from 'fastest-levenshtein'

/** The fields a task may have, as people write them. */
export const fieldNames = [
  'Type',
  'Priority',
  'Requires Approval',
  'Depends On',
  'Description',
  'Acceptance Criteria',
  'Verify',
  'Claude Instruction',
  'Run',
  'Model',
  'Effort',
  'Agent',
  'Permission Mode',
  'Allowed Tools',
  'Max Turns',
  'Budget',
  'Timeout',
  'Retries',
  'Directory',
  'Machine',
  'Branch',
  'Files',
  'Verify First',
  'Prove',
  'Role',
  'Deploy',
  'Artifact',
  'Status',
] as const

export type FieldName = (typeof fieldNames)[number]

/** A line that has the shape of a field: `**Name:** value`, `**Name**: value`, the same with underscores. */
export interface FieldLine {
  /** As written. */
  name: string
  /** The known field of that name. */
  known: FieldName | undefined
  /** Offsets in the line: of the name, and of the first character of the value that is not a blank. */
  nameAt: number
  valueAt: number
}

const shape = /^[ \t]{0,3}(\*\*|__)([ \t]*)([\p{L}][\p{L}\p{N} _/-]{0,39}?)[ \t]*(?::[ \t]*\1|\1[ \t]*:)[ \t]*/u
const longestPrefix = 120

/** Reads a line as a field; whether it stands where a field may stand is for the caller to say. */
export function fieldAt(line: string): FieldLine | undefined {
  const found = shape.exec(line.length > longestPrefix ? line.slice(0, longestPrefix) : line)
  if (!found) return undefined
  const [all, marks, blanks, name] = found as unknown as [string, string, string, string]
  let valueAt = all.length
  while (line[valueAt] === ' ' || line[valueAt] === '\t') valueAt++
  return { name, known: knownField(name), nameAt: all.indexOf(marks) + marks.length + blanks.length, valueAt }
}

const byFolded = new Map(fieldNames.map((name) => [folded(name), name]))
const byName = new Map<string, FieldName>(fieldNames.map((name) => [name, name]))

/** The field of that name in any letter case, also written `depends_on`, `depends-on` or `dependsOn`. */
export function knownField(name: string): FieldName | undefined {
  return byName.get(name) ?? byFolded.get(folded(name))
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

/** The known field that a name is nearest to; `close` when it looks like a typing mistake. */
export function nearestField(name: string): { name: FieldName; close: boolean } {
  const wanted = folded(name)
  let best: { name: FieldName; far: number } | undefined
  for (const known of fieldNames) {
    const words = known.split(' ')
    const partly = words.length > 1 ? Math.min(...words.map((word) => distance(wanted, folded(word)) + 1)) : Infinity
    const far = Math.min(distance(wanted, folded(known)), partly)
    if (!best || far < best.far) best = { name: known, far }
  }
  const { name: nearest, far } = best!
  return { name: nearest, close: far <= 2 && far < wanted.length / 2 }
}

/** Which known field is nearest to a name, as a sentence. */
export function nearestAdvice(name: string): string {
  const nearest = nearestField(name)
  return nearest.close ? `Did you mean "${nearest.name}"?` : `The nearest known field is "${nearest.name}".`
}
