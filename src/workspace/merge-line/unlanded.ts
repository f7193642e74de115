import type { Repository } from '../../git/repository.ts'
import { headOf } from '../../git/watch/head.ts'
import { commitOf } from '../../git/worktree/branches.ts'
import { isAncestor } from '../../git/worktree/combine.ts'

/** Of runs, those with work on their integration branch that the user's branch does not have; of several on one branch, the first. */
export async function unlandedRuns(
  repository: Repository,
  branchOf: (runId: string) => string,
  runIds: readonly string[],
): Promise<string[]> {
  const { commit: head } = await headOf(repository)
  const seen = new Set<string>()
  const unlanded: string[] = []
  for (const runId of runIds) {
    const branch = branchOf(runId)
    if (seen.has(branch)) continue
    seen.add(branch)
    const tip = await commitOf(repository, `refs/heads/${branch}`)
    if (tip !== undefined && (head === undefined || !(await isAncestor(repository, tip, head)))) unlanded.push(runId)
  }
  return unlanded
}
