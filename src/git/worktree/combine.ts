import { type ByteString, pathText, splitNul, toBuffer } from '../bytes.ts'
import { makeCommit } from '../commit/make-commit.ts'
import { readCommit } from '../read-commit.ts'
import type { Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'
import { treeOf } from './branches.ts'

/** What git says of a merge: of which files, what kind of thing, in words. */
export interface MergeNote {
  paths: string[]
  kind: string
  text: string
}

/**
 * Two histories in one tree, or the files in which they do not fit together; `marked` is the tree that has both there, with conflict
 * markers that name the commits.
 */
export type Combined = { tree: string } | { conflicts: string[]; text: string; notes: MergeNote[]; marked: string }

/** Merges two commits without a working tree. */
export async function mergeTree(repository: Repository, ours: string, theirs: string): Promise<Combined> {
  const run = await safeRun(repository)
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', ours, theirs]
  const { stdout, exitCode } = await run(args, { accept: [0, 1] })
  const [tree = '', ...fields] = splitNul(stdout)
  if (exitCode === 0) return { tree }
  const end = fields.indexOf('')
  const conflicts = [...new Set(end === -1 ? fields : fields.slice(0, end))].map(pathText)
  const text = asText(fields.slice(end + 1).join(' '))
  return { conflicts, text, notes: end === -1 ? [] : notesOf(fields.slice(end + 1)), marked: tree }
}

const asText = (bytes: ByteString): string => toBuffer(bytes).toString('utf8')

/** A count of paths, these, the kind and the words; and so on. */
function notesOf(fields: readonly ByteString[]): MergeNote[] {
  const notes: MergeNote[] = []
  for (let at = 0; at < fields.length; ) {
    const first = at + 1
    const end = first + Number(fields[at])
    if (!(end < fields.length)) break
    const [kind = '', text = ''] = fields.slice(end, end + 2)
    notes.push({ paths: fields.slice(first, end).map(pathText), kind: asText(kind), text: asText(text) })
    at = end + 2
  }
  return notes
}

/**
 * The tree of `tip` without what `commit` brought to its first parent; `tipLabel` and `withoutLabel` are what conflict markers call
 * the two sides.
 */
export async function revertTree(
  repository: Repository,
  tip: string,
  commit: string,
): Promise<Combined & { tipLabel: string; withoutLabel: string }> {
  // merge-tree of this age takes the base from the history, so the three trees get one of their own.
  const base = await makeCommit(repository, { tree: await treeOf(repository, commit), parents: [], message: 'base\n' })
  const sideOf = async (of: string) =>
    makeCommit(repository, { tree: await treeOf(repository, of), parents: [base], message: 'side\n' })
  const [tipLabel, withoutLabel] = [await sideOf(tip), await sideOf(`${commit}^`)]
  return { ...(await mergeTree(repository, tipLabel, withoutLabel)), tipLabel, withoutLabel }
}

/** Names of the files in which two commits differ. */
export async function changedPaths(repository: Repository, from: string, to: string): Promise<string[]> {
  const run = await safeRun(repository)
  const { stdout } = await run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to])
  return splitNul(stdout).map(pathText)
}

/** Whether one commit is part of another's history. */
export async function isAncestor(repository: Repository, older: string, newer: string): Promise<boolean> {
  const run = await safeRun(repository)
  return (await run(['merge-base', '--is-ancestor', older, newer], { accept: [0, 1, 128] })).exitCode === 0
}

/** Whether a commit has this parent and no other. */
export async function isOnlyParent(repository: Repository, parent: string, commit: string): Promise<boolean> {
  const parents = (await readCommit(repository, commit))?.parents ?? []
  return parents.length === 1 && parents[0] === parent
}
