import { isMap, isScalar, isSeq, type Pair, parseDocument } from 'yaml'
import { shortened } from '../../text/cut.ts'
import type { Reporter } from '../problem.ts'
import { frontMatterEnd } from '../text/frontmatter-range.ts'
import { type Lines, lineStart } from '../text/lines.ts'
import { fieldValue } from './field-value.ts'
import { type FieldName, knownField, nearestField } from './fields.ts'
import { type FieldValue, none, readers, type Settings, wrongValue } from './readers.ts'

const largest = 32 * 1024
/** `on: {push: [main]}` */
const TRIGGER = 'on'
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
/** Names that other programs give to other things in nearly every file. */
const ofAnything: ReadonlySet<FieldName> = new Set(['Status', 'Description'])
/** Names of fields that other programs use, too. */
const common: ReadonlySet<FieldName> = new Set([
  ...ofOneTask,
  'Type',
  'Priority',
  'Model',
  'Effort',
  'Agent',
  'Directory',
  'Files',
  'Role',
])
/** As the agents, commands and skills of Claude Code spell them. */
const ofClaude: ReadonlySet<string> = new Set(['permissionMode', 'maxTurns', 'allowed-tools'])
/** Names of other programs that by chance look like a mistyped field. */
const ofOthers: ReadonlySet<string> = new Set(['tools', 'mode', 'title', 'name', 'tags', 'state', 'date', 'file', 'id'])
/** Whether an unknown key is that of a field, misspelt. */
const isSlip = (key: string): boolean => !ofOthers.has(key.toLowerCase()) && nearestField(key).close
type DefaultName = keyof typeof readers

/** The defaults that the YAML front matter of a file gives its tasks, under the names of the fields. */
export function readFrontMatter(lines: Lines, report: Reporter): Settings {
  const end = frontMatterEnd(lines)
  if (end === 0) return {}
  const base = lineStart(lines, 1)
  const source = withoutBold(lines.text.slice(base, lineStart(lines, end - 1)))
  if (source.length > largest) {
    report.error(base, 'The front matter is longer than 32 KiB', 'It only holds defaults for the fields of the tasks.')
    return {}
  }
  try {
    return readMapping(source, base, report)
  } catch {
    report.error(base, 'The front matter cannot be read as YAML', 'Write one "name: value" a line.')
    return {}
  }
}

/** A field as it is written in a task, `**Machine:** studio`, as YAML; every value stays in its column. */
const withoutBold = (source: string): string =>
  source.replace(/^\*\*([^*:\n]+)(?::\*\*|\*\*:)[ \t]*/gm, (written, name: string) =>
    knownField(name) ? `${name}:`.padEnd(written.length) : written,
  )

function readMapping(source: string, base: number, report: Reporter): Settings {
  const document = parseDocument(source, { prettyErrors: false })
  const { contents } = document
  const keys = [...source.matchAll(/^([\p{L}_][\p{L}\p{N}_ -]*):/gmu)].map(([, key]) => key!)
  // What starts a pipeline is read where pipelines are.
  const foreign = isForeign(keys.filter((key) => key !== TRIGGER))
  const tell = foreign ? report.warning : report.error
  const [first] = document.errors
  if (first) {
    const hint = foreign ? 'As it is, nothing in it has an effect.' : 'The text between the two --- lines must be YAML.'
    tell(base + first.pos[0], `Front matter: ${first.message.split('\n')[0]}`, hint)
    return {}
  }
  if (contents === null || (isScalar(contents) && contents.value === null)) return {}
  if (!isMap(contents)) {
    const hint = 'Write one "name: value" a line, such as "priority: high".'
    report.warning(base, 'The front matter is not a mapping, and has no effect', hint)
    return {}
  }
  const frame: Frame = { base, report, foreign, settings: {}, seen: new Set(), ignored: [] }
  for (const pair of contents.items) readPair(pair, frame)
  tellIgnored(frame)
  return frame.settings
}

interface Frame {
  base: number
  report: Reporter
  /** The front matter of another program, whose names may by chance be those of fields. */
  foreign: boolean
  settings: Settings
  seen: Set<FieldName>
  /** Keys without an effect, reported together. */
  ignored: { at: number; key: string }[]
}

/** Whether front matter was written for another program: it has keys that are no fields, and none that only Baton has. */
function isForeign(keys: string[]): boolean {
  const known = keys.map(knownField)
  const isOwn = known.some((name, index) => name !== undefined && !common.has(name) && !ofClaude.has(keys[index]!))
  return !isOwn && keys.some((key, index) => known[index] === undefined && !isSlip(key))
}

function readPair(pair: Pair, frame: Frame): void {
  const { base, report, foreign, settings, seen, ignored } = frame
  const at = base + (offsetOf(pair.key) ?? 0)
  const key = isScalar(pair.key) ? String(pair.key.value) : ''
  if (key === TRIGGER && isMap(pair.value)) return
  const known = knownField(key)
  if (!known) {
    const nearest = nearestField(key)
    if (foreign || !isSlip(key)) ignored.push({ at, key })
    else report.warning(at, `Unknown field "${key}" in the front matter`, `Did you mean "${nearest.name}"?`)
  } else if (ofOneTask.has(known)) {
    if (foreign || ofAnything.has(known)) ignored.push({ at, key })
    else report.error(at, `${known} cannot have a default`, 'Write it in the task it belongs to.')
  } else if (seen.has(known)) {
    report.error(at, `${known} appears twice in the front matter`, 'Keep one of them.')
  } else {
    seen.add(known)
    const value = nodeValue(pair.value)
    const read = value ? readers[known as DefaultName](value) : { expected: 'a value or a list of values' }
    const valueAt = base + (offsetOf(pair.value) ?? at - base)
    if (known === 'Verify' && value && !none(value))
      for (const { message, hint } of value.commands().problems) report.error(valueAt, message, hint)
    if (!('expected' in read)) Object.assign(settings, read)
    else if (foreign) ignored.push({ at, key })
    else report.error(valueAt, ...wrongValue(known, value?.text ?? '', read.expected))
  }
}

const mostNamed = 8

function tellIgnored({ report, ignored }: Frame): void {
  const [first] = ignored
  if (!first) return
  const named = ignored.slice(0, mostNamed).map(({ key }) => `"${shortened(key, 41)}"`)
  const more = ignored.length > mostNamed ? ` and ${ignored.length - mostNamed} more` : ''
  const message = `No default in the front matter: ${named.join(', ')}${more}`
  report.warning(first.at, message, 'They have no effect here, and stay as they are.')
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

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined
}
