import type { Redact } from './redact.ts'

/** Deeper than this, a value is not looked at but left out. */
const DEEPEST = 12

/**
 * A copy of any value without secrets, for logs and answers: objects, lists, maps, errors with all they carry (a failed
 * request of the bot library holds the token in an inner error), in names of properties too. Cycles become a word.
 */
export function redactValue(redact: Redact, value: unknown): unknown {
  const onTheWay = new Set<object>()

  const visit = (inner: unknown, depth: number): unknown => {
    if (typeof inner === 'string') return redact(inner)
    if (typeof inner === 'bigint') return redact(inner.toString())
    if (typeof inner === 'symbol' || typeof inner === 'function') return redact(String(inner)).slice(0, 200)
    if (typeof inner !== 'object' || inner === null) return inner
    if (inner instanceof Date) return inner
    if (inner instanceof URL || inner instanceof RegExp) return redact(String(inner))
    if (ArrayBuffer.isView(inner) || inner instanceof ArrayBuffer) return `[${inner.byteLength} bytes]`
    if (onTheWay.has(inner)) return '[circular]'
    if (depth >= DEEPEST) return '[deep]'
    onTheWay.add(inner)
    try {
      if (Array.isArray(inner)) return inner.map((item) => visit(item, depth + 1))
      if (inner instanceof Map) return visit([...inner], depth)
      if (inner instanceof Set) return visit([...inner], depth)
      const copy: Record<string, unknown> = {}
      for (const name of namesOf(inner)) copy[redact(name)] = visit(read(inner, name), depth + 1)
      return copy
    } finally {
      onTheWay.delete(inner)
    }
  }
  return visit(value, 0)
}

/** The same of plain data, which keeps its shape: what is laid out in lines must be safe before, since a break hides a secret from a reader of lines. */
export const withoutSecrets = <T>(redact: Redact, data: T): T => redactValue(redact, data) as T

/** Of an error also what does not enumerate. */
function namesOf(value: object): string[] {
  const own = Object.keys(value)
  return value instanceof Error
    ? [...new Set(['name', 'message', 'stack', 'cause', ...own])].filter((name) => name in value)
    : own
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name]
  } catch {
    return '[unreadable]'
  }
}
