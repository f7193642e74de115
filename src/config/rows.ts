import { type Group, isKey, type Key } from './keys.ts'

/** One key as documentation shows it. */
export interface Row {
  /** `claude.model`, `verify[].run`, `projects.<name>.path`. */
  name: string
  expected: string
  /** As written in YAML; undefined when there is no default. */
  initial: string | undefined
  /** What holds when there is no default. */
  otherwise: string | undefined
  about: string
}

/** Every key below a group, in the order of the file, elements of lists right after their list. */
export function rowsOf(group: Group, before = ''): Row[] {
  return Object.entries(group).flatMap(([name, entry]) => {
    if (!isKey(entry)) return rowsOf(entry, `${before}${name}.`)
    if (entry.isOld) return []
    const { group: inner, item } = entry.key as { group?: Group; item?: unknown }
    const below = inner ? rowsOf(ownKeys(inner, group), `${before}${name}${item ? '[].' : '.<name>.'}`) : []
    return [row(before + name, entry), ...below]
  })
}

/** Keys of a project that the top level has too are not listed twice. */
function ownKeys(inner: Group, outer: Group): Group {
  return Object.fromEntries(Object.entries(inner).filter(([name, entry]) => outer[name] !== entry))
}

function row(name: string, { key, initial, otherwise, about }: Key<unknown>): Row {
  return {
    name,
    expected: key.expected,
    initial: initial === undefined ? undefined : inYaml(initial),
    otherwise,
    about,
  }
}

/** A default as it is written in YAML; only what the keys use. */
export function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`
  if (typeof value === 'object' && value !== null) return '{}'
  const text = String(value)
  return typeof value === 'string' && (text === '' || /^["'*&!|>%@`#]|[{}[\]]|: | #/.test(text))
    ? JSON.stringify(text)
    : text
}
