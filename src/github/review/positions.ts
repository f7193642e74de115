import type { FileDiff } from './diff.ts'

/** Where something is in a file: on the side before or after the change. */
export interface Place {
  path: string
  /** 1-based; of several lines the last one. */
  line: number
  side: 'LEFT' | 'RIGHT'
  /** The first of several lines. */
  startLine?: number
}

/**
 * The place as GitHub takes it for a comment inside the diff: added and unchanged lines on the right, removed and unchanged ones on
 * the left, several only within one hunk. Undefined where the diff does not show it: one such place refuses a whole review.
 */
export function inDiff(files: readonly FileDiff[], place: Place): Place | undefined {
  const file = files.find(({ path }) => path === place.path)
  const of = place.side === 'RIGHT' ? 'now' : 'old'
  const hunk = file?.hunks.find((lines) => lines.some((line) => line[of] === place.line))
  if (!hunk) return undefined
  const { path, line, side, startLine } = place
  const isRange = startLine !== undefined && startLine < line && hunk.some((one) => one[of] === startLine)
  return { path, line, side, ...(isRange && { startLine }) }
}

/** The text of the line that a place names, where the diff shows it. */
export function textAt(files: readonly FileDiff[], { path, line, side }: Place): string | undefined {
  const of = side === 'RIGHT' ? 'now' : 'old'
  const hunks = files.find((file) => file.path === path)?.hunks ?? []
  return hunks.flat().find((one) => one[of] === line)?.text
}
