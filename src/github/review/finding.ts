import type { Place } from './positions.ts'

/** What a reviewer found. */
export interface ReviewFinding extends Place {
  title: string
  reason: string
  /** A command that fails because of it. Without one that Baton ran and saw fail it is a remark, whatever was said. */
  command?: string
}

/** A command that Baton ran in the pull request's tree, and that failed. */
export interface Demonstration {
  command: string
  exitCode: number
  output: string
}

/** A finding that was posted once; it is never posted as new again. */
export interface KnownFinding extends ReviewFinding {
  /** `F1`, as the reviewer is shown it on the next push. */
  id: string
  /** The text of its line: the same line found again is the same finding, in whatever words. */
  anchor: string
  /** The commit that it was found at; its lines are those of that one. */
  head: string
  state: 'open' | 'resolved'
  demonstration?: Demonstration
  /** It stands at its line, too. */
  isInline?: boolean
}

export const MOST_FINDINGS = 5
