import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Problem } from '../problem.ts'
import { frontMatterEnd } from '../text/frontmatter-range.ts'
import { lineStart, splitLines } from '../text/lines.ts'

/** What starts a pipeline: patterns of branches, and everything that is wrong about them. */
export interface Trigger {
  push: string[]
  problems: Problem[]
}

const HINT = 'A pipeline begins with its trigger, between two --- lines: on: {push: [main]}'

/** Reads `on: {push: […]}` from the front matter of a pipeline. Never throws. */
export function readTrigger(text: string, file: string): Trigger {
  const lines = splitLines(text)
  const problem = (message: string, line = 1): Trigger => ({
    push: [],
    problems: [{ file, line, column: 1, severity: 'error', message, hint: HINT }],
  })
  const end = frontMatterEnd(lines)
  if (end === 0) return problem('This pipeline has no trigger')
  const document = parseDocument(text.slice(lineStart(lines, 1), lineStart(lines, end - 1)), { prettyErrors: false })
  if (document.errors.length > 0 || !isMap(document.contents)) return problem('The trigger cannot be read as YAML', 2)
  const on = document.contents.get('on', true)
  if (on === undefined) return problem('This pipeline has no trigger', 2)
  const push = isMap(on) ? on.get('push', true) : undefined
  const items = isSeq(push) ? push.items : isScalar(push) ? [push] : []
  const branches = items.map((item) => (isScalar(item) && typeof item.value === 'string' ? item.value.trim() : ''))
  if (branches.length === 0 || branches.includes('')) return problem('`on` names no branches under `push`', 2)
  const other = isMap(on) ? on.items.map(({ key }) => String(key)).filter((name) => name !== 'push') : []
  if (other.length > 0) return problem(`\`on\` supports only push, not ${other.join(', ')}`, 2)
  return { push: branches, problems: [] }
}
