import { runBranch } from '../../git/branch-names.ts'
import type { Repository } from '../../git/repository.ts'
import { tipOf } from '../../git/watch/ref-files.ts'
import { checkedOutIn, isBranchName } from '../../git/worktree/branches.ts'
import type { LandedTasks } from '../merge-line/landed.ts'
import type { MergeOptions } from '../merge-line/options.ts'
import { movedWords } from '../merge-line/words.ts'
import { WorkspaceError } from '../workspace.ts'
import { inWords, refuseDirty, refuseInTheWay } from './refusals.ts'

export interface IntegrationPorts {
  into: MergeOptions['into']
  landed: () => Promise<LandedTasks>
  mayBeDirty: () => string[]
}

/** The branches that the work of runs comes together on. */
export interface IntegrationBranches {
  of: (runId: string) => string
  /** Where Baton left a branch that it alone moves; undefined for one that is the user's as well. */
  leftAt: (branch: string) => Promise<string | undefined>
  /** In words that somebody else moved it; undefined where nobody did. */
  moved: (repository: Repository, branch: string) => Promise<string | undefined>
  /** In words why no undo can move it now; undefined where one can. */
  fixed: (repository: Repository, branch: string) => Promise<string | undefined>
  /** Its commit; it is made when a run's first task starts, from where the user is, or from what another machine has pushed of it. Throws WorkspaceError. */
  baseOf: (
    repository: Repository,
    from: { head: string; pushed?: string | undefined },
    runId: string,
  ) => Promise<string>
}

export function createIntegrationBranches({ into, landed, mayBeDirty }: IntegrationPorts): IntegrationBranches {
  const isOurs = into === 'run' || into === 'current'
  const branches: IntegrationBranches = {
    of: (runId) => (isOurs ? `${runBranch(runId)}/merged` : into),
    leftAt: async (branch) => (isOurs ? (await landed()).leftAt(branch) : undefined),
    moved: async (repository, branch) =>
      movedWords(branch, await tipOf(repository, branch), await branches.leftAt(branch)),
    async fixed(repository, branch) {
      const folder = await checkedOutIn(repository, branch)
      // The index there would show what the undo took out as added.
      if (folder !== undefined)
        return `${branch} is checked out in ${folder}. Switch that checkout to another branch, then undo again.`
      return (await branches.moved(repository, branch))?.replace(/retry\.$/, 'undo again.')
    },
    async baseOf(repository, { head, pushed }, runId) {
      const branch = branches.of(runId)
      const tip = await tipOf(repository, branch)
      const moved = movedWords(branch, tip, await branches.leftAt(branch))
      if (moved !== undefined) throw new WorkspaceError(moved)
      if (tip !== undefined) return tip
      if (!isOurs && !(await isBranchName(repository, branch)))
        throw new WorkspaceError(`“${branch}” (merge.into in config.yaml) is not a valid branch name.`, 'run')
      await refuseDirty(repository, mayBeDirty())
      await refuseInTheWay(repository, branch, 'run', 'Name another branch with “merge.into” in config.yaml')
      const from = { from: undefined, to: pushed ?? head, facts: {} }
      await (await landed()).advance(branch, from).catch((error) => {
        throw inWords(error, `git did not make the branch ${branch}`)
      })
      const made = await tipOf(repository, branch)
      if (made === undefined) throw new WorkspaceError(`git did not make the branch ${branch}.`, 'run')
      return made
    },
  }
  return branches
}
