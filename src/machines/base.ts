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
