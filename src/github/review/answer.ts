import { shortened } from '../../text/cut.ts'
import { MOST_FINDINGS, type ReviewFinding } from './finding.ts'

/** What a reviewer answered, as far as it can be used. */
export interface ReviewAnswer {
  findings: (ReviewFinding & { sameAs?: string })[]
  /** Ids of earlier findings that are resolved now. */
  resolved: string[]
}

const LONGEST = { path: 1_000, title: 200, reason: 3_000, command: 2_000 }

/** Reads the answer; a sentence for people where it is none. What is malformed in a list is left out, the rest counts. */
export function readReview(answer: unknown): ReviewAnswer | string {
  const { findings, earlier } = (answer ?? {}) as { findings?: unknown; earlier?: unknown }
  if (!Array.isArray(findings)) return 'The reviewer’s answer contains no list of findings.'
  const read = findings.map(findingOf)
  if (findings.length > 0 && read.every((one) => one === undefined)) return 'The reviewer’s findings cannot be read.'
  return {
    findings: read.filter((one) => one !== undefined).slice(0, MOST_FINDINGS),
    resolved: (Array.isArray(earlier) ? earlier : []).flatMap((one: unknown) => {
      const { id, state } = (one ?? {}) as { id?: unknown; state?: unknown }
      return typeof id === 'string' && state === 'resolved' ? [id] : []
    }),
  }
}

function findingOf(value: unknown): (ReviewFinding & { sameAs?: string }) | undefined {
  const one = (value ?? {}) as Record<string, unknown>
  const text = (name: keyof typeof LONGEST): string | undefined => {
    const words = one[name]
    return typeof words === 'string' && words.trim() !== '' ? shortened(words.trim(), LONGEST[name]) : undefined
  }
  const [path, title, reason, command] = [text('path'), text('title'), text('reason'), text('command')]
  const { line, start_line: startLine, side, same_as: sameAs } = one
  if (path === undefined || title === undefined || reason === undefined || !isLine(line)) return undefined
  return {
    path: path.replace(/^\.\//, ''),
    line,
    side: side === 'LEFT' ? 'LEFT' : 'RIGHT',
    title: title.replace(/\s+/g, ' '),
    reason,
    ...(isLine(startLine) && startLine < line && { startLine }),
    ...(command !== undefined && { command }),
    ...(typeof sameAs === 'string' && sameAs !== '' && { sameAs }),
  }
}

const isLine = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
