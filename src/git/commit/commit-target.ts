import { inRepository, type Repository } from '../repository.ts'
import { operationIn } from '../watch/operation.ts'

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
  const run = inRepository(repository)
  const ask = async (args: string[]) => (await run(args, { accept: [0, 1, 128] })).stdout.trim()
  const current = await ask(['symbolic-ref', '-q', 'HEAD'])
  const ref = branch === undefined ? current : `refs/heads/${branch}`
  if (ref === '') return { reason: 'Not committed: HEAD is detached, no branch is checked out.' }
  if (branch !== undefined && !(await ask(['check-ref-format', '--branch', branch])))
    return { reason: `“${branch}” is not a valid branch name.` }
  const isCheckedOut = ref === current
  const operation = await operationIn(repository.gitDir)
  if (isCheckedOut && operation) return { reason: `Not committed: a ${operation} is under way on this branch.` }
  const elsewhere = await ask(['for-each-ref', '--format=%(worktreepath)', ref])
  if (!isCheckedOut && elsewhere) return { reason: `Not committed: ${branch} is checked out in ${elsewhere}.` }
  const own = await ask(['rev-parse', '-q', '--verify', ref])
  const tip = own || (isCheckedOut ? '' : await ask(['rev-parse', '-q', '--verify', 'HEAD']))
  return { ref, isCheckedOut, exists: own !== '', ...(tip ? { tip } : {}) }
}
