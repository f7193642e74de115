import { setTimeout as sleep } from 'node:timers/promises'
import { GitError } from '../program.ts'
import { isFullName, readCommit } from '../read-commit.ts'
import type { Repository } from '../repository.ts'
import { inRepository } from '../repository.ts'
import { mayBeCheckedOut, mayHaveBranchesBelow, tipOf } from '../watch/ref-files.ts'

/** The commit that a ref or a revision stands for; undefined where there is none. */
export async function commitOf(repository: Repository, revision: string): Promise<string | undefined> {
  const args = ['rev-parse', '-q', '--verify', `${revision}^{commit}`]
  return (await inRepository(repository)(args, { accept: [0, 1, 128] })).stdout.trim() || undefined
}

/** The tree of a commit. */
export async function treeOf(repository: Repository, commit: string): Promise<string> {
  const read = isFullName(commit) ? await readCommit(repository, commit) : undefined
  return read?.tree ?? (await inRepository(repository)(['rev-parse', '--verify', `${commit}^{tree}`])).stdout.trim()
}

/** The working tree that a branch is checked out in; undefined where it is in none. */
export async function checkedOutIn(repository: Repository, branch: string): Promise<string | undefined> {
  if (!(await mayBeCheckedOut(repository, branch))) return undefined
  const args = ['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`]
  const { stdout } = await inRepository(repository)(args)
  return Buffer.from(stdout, 'latin1').toString('utf8').trim() || undefined
}

/** A branch with whose name this one cannot exist: git keeps `a` as a file and `a/b` in a folder. */
export async function branchInTheWay(repository: Repository, name: string): Promise<string | undefined> {
  const parts = name.split('/')
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
  for (const one of above) if ((await tipOf(repository, one)) !== undefined) return one
  if (!(await mayHaveBranchesBelow(repository, name))) return undefined
  const args = ['for-each-ref', '--count=1', '--format=%(refname)', `refs/heads/${name}/`]
  const { stdout } = await inRepository(repository)(args)
  return (
    Buffer.from(stdout, 'latin1')
      .toString('utf8')
      .trim()
      .replace(/^refs\/heads\//, '') || undefined
  )
}

/** Whether git takes it for a branch's name. */
export async function isBranchName(repository: Repository, name: string): Promise<boolean> {
  const { exitCode } = await inRepository(repository)(['check-ref-format', '--branch', name], { accept: [0, 1, 128] })
  return exitCode === 0
}

/** Keeps a commit under a ref of Baton's own, so that nothing sweeps it away. */
export async function keepCommit(repository: Repository, ref: string, commit: string): Promise<void> {
  await inRepository(repository)(['update-ref', ref, commit])
}

/** Somebody's `git pack-refs` keeps a branch for a moment. */
const MOST_MOVES = 4
const MOVE_AGAIN_MS = 100

/**
 * Moves a branch from one commit to another; false when it has moved elsewhere meanwhile. `from` undefined: it is made. Throws
 * GitError where it stands as it was and git cannot move it: the disk is full, or a git that was killed has left its lock.
 */
export async function moveBranch(
  repository: Repository,
  branch: string,
  { from, to, why }: { from: string | undefined; to: string; why: string },
): Promise<boolean> {
  const args = ['update-ref', '-m', why, `refs/heads/${branch}`, to, from ?? '0'.repeat(to.length)]
  for (let moves = 1; ; moves += 1) {
    const { exitCode, stderr } = await inRepository(repository)(args, { accept: [0, 1, 128] })
    if (exitCode === 0) return true
    if ((await tipOf(repository, branch)) !== from) return false
    if (moves === MOST_MOVES) throw new GitError(args, stderr)
    await sleep(MOVE_AGAIN_MS)
  }
}
