import type { z } from 'zod/v3'
import { type Group, isKey, type Key } from './keys.ts'
import { allKeys } from './keys-all.ts'
import type { ValueKind } from './kinds.ts'
import { closest, nearest } from './nearest.ts'
import type { ConfigProblem } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

type Path = (string | number)[]

/** What the checker found, in words and with places. */
export function problemsOf(
  issues: readonly z.ZodIssue[],
  yaml: YamlFile,
  show: (value: unknown) => string,
): ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = writtenPath(issue.path, yaml.data)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => yaml.problemAt([...issue.path, name], 'key', unknownKey(issue.path, name)))
    }
    if (issue.code === 'invalid_string') {
      // Only a name that people choose is held to a form by the checker itself; values are by their kind.
      const message = `\`${pathText(issue.path)}\`: expected ${issue.message}`
      return [yaml.problemAt(issue.path, 'key', { severity: 'error', message })]
    }
    return [yaml.problemAt(path, 'value', wrongValue(path, issue.message, valueAt(yaml.data, path), show))]
  })
}

function unknownKey(parent: Path, name: string): Pick<ConfigProblem, 'severity' | 'message' | 'hint'> {
  const here = groupAt(parent)
  const siblings = here ? Object.keys(here) : []
  const near = nearest(name, siblings)
  const elsewhere = near ? undefined : placesOf(allKeys).find((path) => path.split('.').at(-1) === name)
  const hint = near
    ? `Did you mean \`${near}\`?`
    : elsewhere
      ? `Did you mean \`${elsewhere}\`?`
      : siblings.length > 0
        ? `The nearest known key is \`${closest(name, siblings)}\`; known: ${siblings.join(', ')}.`
        : undefined
  return { severity: 'error', message: `unknown key \`${pathText([...parent, name])}\``, ...(hint ? { hint } : {}) }
}

/** A single value counts as a list of one: what is wrong about its only element is wrong about what was written. */
function writtenPath(path: Path, data: unknown): Path {
  const list = path.slice(0, -1)
  const isSingle = path.at(-1) === 0 && valueAt(data, list) !== undefined && !Array.isArray(valueAt(data, list))
  return isSingle ? list : path
}

function wrongValue(
  path: Path,
  message: string,
  value: unknown,
  show: (value: unknown) => string,
): Pick<ConfigProblem, 'severity' | 'message' | 'hint'> {
  const name = pathText(path)
  if (value === undefined) return { severity: 'error', message: `\`${name}\` is missing` }
  const kind = kindAt(path)
  const expected = kind ? kind.expected : groupAt(path) ? 'keys with values below it' : message
  const near = kind?.words && typeof value === 'string' ? nearest(value, kind.words) : undefined
  const hint = near ? `Did you mean \`${near}\`?` : hintFor(kind, value)
  return {
    severity: 'error',
    message: `\`${name}\`: expected ${expected}, got ${kind?.hidden ? 'something else' : show(value)}`,
    ...(hint ? { hint } : {}),
  }
}

function hintFor(kind: ValueKind<unknown> | undefined, value: unknown): string | undefined {
  if (kind?.expected === 'true or false' && typeof value === 'string') {
    if (/^(yes|on)$/i.test(value)) return 'Write `true`.'
    if (/^(no|off)$/i.test(value)) return 'Write `false`.'
  }
  if (kind?.expected.startsWith('a time with its unit') && typeof value === 'number') {
    return `Write \`${value}s\` for seconds or \`${value}m\` for minutes.`
  }
  if (typeof value === 'string' && /^(\d+(\.\d+)?|true|false)$/.test(value)) {
    if (kind?.schema.safeParse(JSON.parse(value)).success) return `Write it without quotes: ${value}.`
  }
  if (kind?.expected === 'text' && !kind.hidden && typeof value !== 'object')
    return `Put it in quotes: "${String(value)}".`
  return undefined
}

/** `verify[0].run`, as people write it. */
function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    data,
  )
}

/** What may stand at each of the names that people choose, or at the keys that we do. */
type KindOfMapping = ValueKind<unknown> & { group?: Group; keys?: Group }

type Place = { group: Group } | { kind: ValueKind<unknown> }

/** What is at a path: a group of keys, a kind of value, or nothing known. */
function placeAt(path: Path): Place | undefined {
  let place: Place | undefined = { group: allKeys }
  for (const part of path) {
    if (!place) return undefined
    place = 'group' in place ? below(place.group, part) : inside(place.kind, part)
  }
  return place
}

function below(group: Group, part: string | number): Place | undefined {
  const entry: Key<unknown> | Group | undefined = Object.hasOwn(group, part) ? group[part] : undefined
  if (!entry) return undefined
  return isKey(entry) ? { kind: entry.key } : { group: entry }
}

/** An element of a list, one of the projects, or one of the roles. */
function inside(kind: ValueKind<unknown>, part: string | number): Place | undefined {
  const { group, item, each, keys } = kind as KindOfMapping
  if (keys) return below(keys, part)
  if (each && typeof part === 'string') return { kind: each }
  if (group && (typeof part === 'string' || item)) return { group }
  return typeof part === 'number' && item ? { kind: item } : undefined
}

const groupAt = (path: Path): Group | undefined => {
  const place = placeAt(path)
  return place && ('group' in place ? place.group : (place.kind as KindOfMapping).keys)
}

const kindAt = (path: Path): ValueKind<unknown> | undefined => {
  const place = placeAt(path)
  return place && 'kind' in place ? place.kind : undefined
}

/** Every key with its group, as `claude.model`. */
function placesOf(group: Group, before = ''): string[] {
  return Object.entries(group).flatMap(([name, entry]) =>
    isKey(entry) ? [before + name] : placesOf(entry, `${before}${name}.`),
  )
}
