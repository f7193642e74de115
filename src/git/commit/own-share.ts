import { sameEntry, type TreeEntry } from '../diff/tree-diff.ts'

/** What a commit gets at a path that a task changed. */
export type Share = { take: TreeEntry | undefined } | 'nothing' | 'merge' | 'conflict'

/**
 * The task's share of a file. Where the commit to build on has the file as it was before the task, the share is the whole
 * file; where it has something else (the user's uncommitted changes lay there already), only the task's lines can be
 * carried over; and where that cannot be, committing would sweep up what is not the task's.
 */
export function ownShare(
  committed: TreeEntry | undefined,
  before: TreeEntry | undefined,
  after: TreeEntry | undefined,
): Share {
  if (sameEntry(before, after) || sameEntry(committed, after)) return 'nothing'
  if (sameEntry(committed, before)) return { take: after }
  return [committed, before, after].every((entry) => entry?.mode.startsWith('100')) ? 'merge' : 'conflict'
}
