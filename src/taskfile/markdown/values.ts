import { commandsOf } from '../fields/commands.ts'
import type { FieldName } from '../fields/fields.ts'
import type { FieldValue } from '../fields/readers.ts'
import { LineKind } from '../text/blocks.ts'
import { type Lines, lineAt, lineEnd, lineStart } from '../text/lines.ts'
import { contentRange } from '../text/ranges.ts'
import { besideOf, entriesOf } from './entries.ts'
import type { Field } from './head.ts'
import { piecesOf } from './pieces.ts'

/** The value of a field, and the prose below it that is none of it. */
export interface ReadValue {
  value: FieldValue
  prose: string
}

const lists: ReadonlySet<FieldName> = new Set(['Acceptance Criteria', 'Verify', 'Run'])
/** Written on one line or as a list below it. */
const either: ReadonlySet<FieldName> = new Set(['Depends On', 'Allowed Tools', 'Files', 'Artifact'])

/** Reads the value of a known field other than Description and Claude Instruction. */
export function readValue(lines: Lines, kinds: Uint8Array, field: Field & { known: FieldName }): ReadValue {
  const own = oneLine(lines.text.slice(field.valueAt, lineEnd(lines, field.line)))
  if (lists.has(field.known) || (either.has(field.known) && own === '')) {
    const pieces = piecesOf(lines, kinds, field)
    const beside = besideOf(pieces, field.known === 'Acceptance Criteria')
    return {
      value: { text: own, entries: () => entriesOf(pieces), commands: once(() => commandsOf(lines, pieces)) },
      prose: beside.join('\n').trim(),
    }
  }
  return own === '' ? fromBelow(lines, kinds, field) : scalar(own, proseFrom(lines, kinds, field.line + 1, field.end))
}

/** A scalar whose value stands on the line below its name. */
function fromBelow(lines: Lines, kinds: Uint8Array, field: Field): ReadValue {
  const content = contentRange(lines, kinds, field.valueAt, field.line, field.end)
  if (content.start === content.end) return scalar('', '')
  const line = lineAt(lines, content.start)
  if (line !== field.line + 1 || kinds[line] !== LineKind.text)
    return scalar('', proseFrom(lines, kinds, line, field.end))
  const text = oneLine(lines.text.slice(content.start, lineEnd(lines, line)))
  return scalar(text, proseFrom(lines, kinds, line + 1, field.end))
}

function scalar(text: string, prose: string): ReadValue {
  return { value: { text, entries: () => [text], commands: () => ({ commands: [text], problems: [] }) }, prose }
}

/** The text from line `from` up to line `to`, without blank lines around it. */
export function proseFrom(lines: Lines, kinds: Uint8Array, from: number, to: number): string {
  if (from >= to) return ''
  const { start, end } = contentRange(lines, kinds, lineStart(lines, from), from, to)
  return lines.text.slice(start, end)
}

/** The work is done when it is first asked for, and only then. */
function once<T>(work: () => T): () => T {
  let done: { value: T } | undefined
  return () => {
    done ??= { value: work() }
    return done.value
  }
}

const longestValue = 2_000

/** A value without comments, the marks of a hard line break, and code ticks around it. */
function oneLine(text: string): string {
  const value = text.trim()
  if (value.length > longestValue) return value
  const bare = value
    .replace(/<!--.*?-->/g, '')
    .trim()
    .replace(/(?:\\|<br\s*\/?>)$/i, '')
    .trim()
  return /^`[^`]+`$/.test(bare) ? bare.slice(1, -1).trim() : bare
}
