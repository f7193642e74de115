import type { Document, LineCounter, Node, Pair } from 'yaml'
import { type ConfigProblem, inOrder } from './problem.ts'

/** A YAML file that could be read, with a way back from each value to its place. */
export interface YamlFile {
  /** The top-level mapping as plain data; keys without a value are left out, as if they were not written. */
  data: Record<string, unknown>
  /** Problem at the value of `path`, or at the key itself, with its place and line filled in. */
  problemAt(
    path: readonly (string | number)[],
    at: 'key' | 'value',
    problem: Omit<ConfigProblem, 'file' | 'line' | 'column' | 'source'>,
  ): ConfigProblem
}

export type YamlResult = { yaml: YamlFile } | { problems: ConfigProblem[] }

/** Nothing but comments and blank lines: worth knowing before loading a parser. */
export const isEmptyYaml = (source: string): boolean => !/^[^\S\n]*[^\s#]/m.test(source)

/**
 * Reads YAML 1.2 whose top level is a mapping. All syntax errors come back, each with its place.
 *
 * @param maskLine returns the line as it may be shown, or undefined when it may not
 */
export async function readYaml(
  name: string,
  source: string,
  maskLine: (line: string) => string | undefined,
): Promise<YamlResult> {
  const { LineCounter, parseDocument, isMap, isPair } = await import('yaml')
  const counter = new LineCounter()
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false })
  const place = (offset: number) => placeAt(source, counter, offset, maskLine)

  if (document.errors.length > 0) {
    const problems = document.errors.map((error): ConfigProblem => {
      const message =
        error.code === 'MULTIPLE_DOCS' ? 'this file can contain only one document' : sentence(error.message)
      return { severity: 'error', file: name, ...place(error.pos[0]), message }
    })
    return { problems: inOrder(problems) }
  }
  if (document.contents !== null && !isMap(document.contents)) {
    const message = 'expected keys with values, as in `order: priority`'
    return { problems: [{ severity: 'error', file: name, ...place(document.contents.range?.[0] ?? 0), message }] }
  }

  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { problems: [{ severity: 'error', file: name, message: sentence((error as Error).message) }] }
  }

  const offsetOf = (path: readonly (string | number)[], at: 'key' | 'value'): number => {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
    const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && keyText(item) === path.at(-1)) : undefined
    const node = at === 'key' && pair ? pair.key : nodeAt(document, path)
    const start = (node as Node | null | undefined)?.range?.[0]
    if (start !== undefined) return start
    // What is missing has no place of its own; the thing it is missing from has.
    return path.length > 0 ? offsetOf(path.slice(0, -1), at) : 0
  }
  const file: YamlFile = {
    data: withoutNulls(data ?? {}) as Record<string, unknown>,
    problemAt: (path, at, problem) => ({ ...problem, file: name, ...place(offsetOf(path, at)) }),
  }
  return { yaml: file }
}

const keyText = (pair: Pair): string => String((pair.key as { value?: unknown } | null)?.value ?? pair.key)

const nodeAt = (document: Document, path: readonly (string | number)[]): unknown =>
  path.length > 0 ? document.getIn(path, true) : document.contents

const sentence = (message: string): string => message.replace(/\s+/g, ' ').replace(/[.:]?\s*$/, '')

/** Enough of a long line to recognise it, with the place in sight. */
const WIDTH = 120

function placeAt(source: string, counter: LineCounter, offset: number, maskLine: (line: string) => string | undefined) {
  const { line, col } = counter.linePos(Math.min(offset, Math.max(source.length - 1, 0)))
  const whole = (source.split('\n', line)[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' ')
  const column = Math.min(col || 1, whole.length + 1)
  const shown = column <= WIDTH ? maskLine(whole.slice(0, WIDTH)) : undefined
  return { line: Math.max(line, 1), column, ...(shown === undefined ? {} : { source: shown }) }
}

/** `approval:` with everything below it commented out means: the defaults. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]))
}
