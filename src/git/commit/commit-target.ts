import type { Repository } from '../repository.ts'
import { headOf } from '../watch/head.ts'
import { operationIn } from '../watch/operation.ts'
import { tipOf } from '../watch/ref-files.ts'
import { checkedOutIn, isBranchName } from '../worktree/branches.ts'

/** Where a commit goes. */
export interface CommitTarget {
  ref: string
  /** Commit to build on; absent before the first one. */
  tip?: string
  /** It is the branch of this working tree: HEAD moves with it. */
  isCheckedOut: boolean
  /** The branch is there; otherwise it is made, from HEAD. */
  exists: boolean
}

/** Finds the branch to commit to, or says why there is none to commit to now. */
export async function target(
  repository: Repository,
  branch: string | undefined,
): Promise<CommitTarget | { reason: string }> {
  const { branch: current, commit: head } = await headOf(repository)
  const ref = branch === undefined ? current : `refs/heads/${branch}`
  if (ref === undefined) return { reason: 'Not committed: HEAD is detached, no branch is checked out.' }
  const isCheckedOut = ref === current
  const name = ref.replace(/^refs\/heads\//, '')
  if (!isCheckedOut && !(await isBranchName(repository, name)))
    return { reason: `“${branch}” is not a valid branch name.` }
  const operation = await operationIn(repository.gitDir)
  if (isCheckedOut && operation) return { reason: `Not committed: a ${operation} is under way on this branch.` }
  const elsewhere = isCheckedOut ? undefined : await checkedOutIn(repository, name)
  if (elsewhere !== undefined) return { reason: `Not committed: ${branch} is checked out in ${elsewhere}.` }
  const own = isCheckedOut ? head : await tipOf(repository, name)
  const tip = own ?? (isCheckedOut ? undefined : head)
  return { ref, isCheckedOut, exists: own !== undefined, ...(tip !== undefined && { tip }) }
}
