import type { Task } from '../../core/types.ts'
import type { Repository } from '../../git/repository.ts'
import { safeRun } from '../../git/safe-run.ts'
import { headOf } from '../../git/watch/head.ts'
import { treeOf } from '../../git/worktree/branches.ts'
import { resetWorktree } from '../../git/worktree/worktrees.ts'
import { createCommitChecks } from '../merge-line/check-commit.ts'
import { createChecked } from '../merge-line/checked.ts'
import { toCopy } from './copy-in.ts'
import type { LaneTree, LaneTrees } from './lane-tree.ts'
import { CHECKS, type Pool } from './pool.ts'
import type { TreePlace, WorktreePorts } from './ports.ts'
import type { ProjectTrees } from './project-trees.ts'
import { setUpDigest } from './set-up.ts'

const known = (copied: string, setUp: string) => `${setUp}:${copied}:${process.version}`

/** Checks of commits in the worktree for that, which know what passed before, in whichever worktree. */
export function createWorktreeChecks(
  ports: Pick<WorktreePorts, 'project' | 'meta' | 'options' | 'checksFor' | 'runCheck'>,
  { project, trees, pool }: { project: ProjectTrees; trees: LaneTrees; pool: Pool },
) {
  const { options } = ports
  const checks = createCommitChecks({
    checked: createChecked(ports.meta, `checked:${ports.project.name}`),
    checksFor: ports.checksFor,
    treeOf: async (commit) => treeOf(await project.main(), commit),
    environment: async (commit) => {
      const repository = await project.main()
      const { digest } = await toCopy(repository, options.copy)
      return known(digest, await setUpDigest(repository, commit, options.setup))
    },
    place: async (commit, signal) => {
      const repository = await project.main()
      const pooled = await pool.take(CHECKS)
      const { tree, isNew } = await pool.ready(repository, pooled, commit)
      await resetWorktree(tree, { commit })
      const env = project.environmentOf(0)
      await trees.setUp(pooled, tree, commit, { main: repository, isNew, env })
      const place: TreePlace = { folder: project.folderIn(tree, repository), root: tree.root, env }
      return (check) => ports.runCheck(check, place, signal)
    },
  })

  return {
    ...checks,
    /** A task's own checks passed in its own worktree: that holds for the commit where the worktree is exactly that. */
    async noteOfTask(task: Task, tree: Repository, commit: string, lane: LaneTree): Promise<void> {
      const wanted = await ports.checksFor([task])
      const results = task.proof?.checks ?? []
      if (wanted.length === 0 || results.length === 0 || (await headOf(tree)).commit !== commit) return
      const { stdout } = await (await safeRun(tree))(['status', '--porcelain', '--untracked-files=normal'])
      if (stdout !== '') return
      const environment = known(lane.copied ?? '', await setUpDigest(tree, commit, options.setup))
      checks.noteOwn(await treeOf(tree, commit), environment, wanted, results)
    },
  }
}

export type WorktreeChecks = ReturnType<typeof createWorktreeChecks>
