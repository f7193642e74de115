import { isMap, isScalar, isSeq, type Pair, parseDocument } from 'yaml'
import { type FieldName, knownField, nearestAdvice } from './fields.ts'
import { frontMatterEnd } from './frontmatter-range.ts'
import { type Lines, lineStart } from './lines.ts'
import { whyNoCommand } from './no-command.ts'
import type { Reporter } from './problem.ts'
import { type FieldValue, none, readers, type Settings, wrongValue } from './readers.ts'

const largest = 32 * 1024
const ofOneTask: ReadonlySet<FieldName> = new Set([
  'Description',
  'Claude Instruction',
  'Run',
  'Status',
  'Depends On',
  'Branch',
  'Deploy',
  'Artifact',
])
type DefaultName = keyof typeof readers

/** The defaults that the YAML front matter of a file gives its tasks, under the names of the fields. */
export function readFrontMatter(lines: Lines, report: Reporter): Settings {
  const end = frontMatterEnd(lines)
  if (end === 0) return {}
  const base = lineStart(lines, 1)
  const source = lines.text.slice(base, lineStart(lines, end - 1))
  if (source.length > largest) {
    report.error(base, 'The front matter is longer than 32 KiB', 'It holds defaults for the fields of the tasks only.')
    return {}
  }
  try {
    return readMapping(source, base, report)
  } catch {
    report.error(base, 'The front matter cannot be read as YAML', 'Write one "name: value" a line.')
    return {}
  }
}

function readMapping(source: string, base: number, report: Reporter): Settings {
  const document = parseDocument(source, { prettyErrors: false })
  for (const { pos, message } of document.errors) {
    report.error(base + pos[0], `Front matter: ${message.split('\n')[0]}`, 'Between the two --- lines stands YAML.')
  }
  const { contents } = document
  if (document.errors.length > 0 || contents === null || (isScalar(contents) && contents.value === null)) return {}
  if (!isMap(contents)) {
    report.error(base, 'The front matter is no mapping', 'Write one "name: value" a line, such as "priority: high".')
    return {}
  }
  const settings: Settings = {}
  const seen = new Set<FieldName>()
  for (const pair of contents.items) readPair(pair, base, report, settings, seen)
  return settings
}

function readPair(pair: Pair, base: number, report: Reporter, settings: Settings, seen: Set<FieldName>): void {
  const at = base + (offsetOf(pair.key) ?? 0)
  const key = isScalar(pair.key) ? String(pair.key.value) : ''
  const known = knownField(key)
  if (!known) {
    report.warning(at, `Unknown field "${key}" in the front matter`, nearestAdvice(key))
  } else if (ofOneTask.has(known)) {
    report.error(at, `${known} cannot have a default`, 'Write it in the task it belongs to.')
  } else if (seen.has(known)) {
    report.error(at, `${known} stands twice in the front matter`, 'Keep one of them.')
  } else {
    seen.add(known)
    const value = nodeValue(pair.value)
    const read = value ? readers[known as DefaultName](value) : { expected: 'a value or a list of values' }
    if (known === 'Verify' && value && !none(value))
      for (const { message, hint } of value.commands().problems)
        report.error(base + (offsetOf(pair.value) ?? at - base), message, hint)
    if ('expected' in read)
      report.error(base + (offsetOf(pair.value) ?? at - base), ...wrongValue(known, value?.text ?? '', read.expected))
    else Object.assign(settings, read)
  }
}

function nodeValue(node: unknown): FieldValue | undefined {
  if (node === null) return fieldValue([])
  if (isScalar(node)) return fieldValue(scalarText(node))
  if (!isSeq(node) || !node.items.every(isScalar)) return undefined
  return fieldValue(node.items.flatMap(scalarText))
}

function scalarText({ value, source }: { value: unknown; source?: string }): string[] {
  return value === null ? [] : [(source ?? String(value)).trim()]
}

function fieldValue(entries: string[]): FieldValue {
  const problems = () => entries.flatMap((entry) => whyNoCommand(entry) ?? [])
  return {
    text: entries.join(', '),
    entries: () => entries,
    commands: () => ({ commands: entries, problems: problems() }),
  }
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined
}
