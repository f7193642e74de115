import { pathText, splitNul } from '../bytes.ts'
import { identity } from '../identity.ts'
import { inRepository, type Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'

/** Two histories in one tree, or the files in which they do not fit together. */
export type Combined = { tree: string } | { conflicts: string[]; text: string }

/** Merges two commits without a working tree. */
export async function mergeTree(repository: Repository, ours: string, theirs: string): Promise<Combined> {
  const run = await safeRun(repository)
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', ours, theirs]
  const { stdout, exitCode } = await run(args, { accept: [0, 1] })
  const [tree = '', ...fields] = splitNul(stdout)
  if (exitCode === 0) return { tree }
  const end = fields.indexOf('')
  const conflicts = [...new Set(end === -1 ? fields : fields.slice(0, end))].map(pathText)
  const text = Buffer.from(fields.slice(end + 1).join(' '), 'latin1').toString('utf8')
  return { conflicts, text }
}

/** Makes a commit of a tree; no branch knows it yet. */
export async function commitTree(
  repository: Repository,
  { tree, parents, message }: { tree: string; parents: readonly string[]; message: string },
): Promise<string> {
  const run = await safeRun(repository)
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
  const input = Buffer.from(message, 'utf8').toString('latin1')
  return (await run(args, { input, env: await identity(repository) })).stdout.trim()
}

/** The tree of `tip` without what `commit` brought to its first parent. */
export async function revertTree(repository: Repository, tip: string, commit: string): Promise<Combined> {
  // merge-tree of this age takes the base from the history, so the three trees get one of their own.
  const base = await commitTree(repository, { tree: `${commit}^{tree}`, parents: [], message: 'base\n' })
  const sideOf = (tree: string) =>
    commitTree(repository, { tree: `${tree}^{tree}`, parents: [base], message: 'side\n' })
  return mergeTree(repository, await sideOf(tip), await sideOf(`${commit}^`))
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
  const { stdout } = await inRepository(repository)(['rev-list', '--parents', '-n', '1', commit])
  const [, ...parents] = stdout.trim().split(' ')
  return parents.length === 1 && parents[0] === parent
}
