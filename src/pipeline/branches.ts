import { matchesGlob } from 'node:path'

/** Whether a branch is one of those that patterns name; `feature/*` is one level, `feature/**` all below. */
export function matchesBranch(patterns: readonly string[], branch: string): boolean {
  return patterns.some((pattern) => pattern === branch || matchesGlob(branch, pattern))
}
