import type { ProjectConfig } from '../config/types.ts'
import type { WorkBefore } from '../core/types.ts'
import { lastPushed } from '../git/commit/push.ts'
import { locate } from '../git/repository.ts'
import { headOf } from '../git/watch/head.ts'
import { isAncestor } from '../git/worktree/combine.ts'

/** Whether the work of a folder starts from a commit, or from one that has it behind it. */
export async function startsFrom(cwd: string, commit: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return false
  const found = await locate(cwd)
  return 'repository' in found && isAncestor(found.repository, commit, 'HEAD')
}

/** The commit that a folder is at; undefined where there is none. */
export async function checkedOutCommit(cwd: string): Promise<string | undefined> {
  const found = await locate(cwd)
  return 'repository' in found ? (await headOf(found.repository)).commit : undefined
}

/**
 * What the machines that had a run before have pushed of it, fetched; undefined where there is nothing to start from. Only in
 * worktrees: a branch that the user has checked out is theirs to bring up to date. Throws where the remote does not answer.
 */
export async function pushedBefore(
  { path, push, workspace, merge }: Pick<ProjectConfig, 'path' | 'push' | 'workspace' | 'merge'>,
  run: string,
): Promise<WorkBefore | undefined> {
  if (!push || workspace !== 'worktree' || (merge.into !== 'run' && merge.into !== 'current')) return undefined
  const found = await locate(path)
  return 'repository' in found ? lastPushed(found.repository, run) : undefined
}
