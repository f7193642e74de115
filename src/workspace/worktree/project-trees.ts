import { join } from 'node:path'
import type { Task } from '../../core/types.ts'
import type { Repository } from '../../git/repository.ts'
import { lazy } from '../../lazy.ts'
import { createLandedTasks, type LandedTasks } from '../merge-line/landed.ts'
import { laneEnvironment } from './lane-env.ts'
import type { Pool } from './pool.ts'
import type { WorktreePorts } from './ports.ts'
import { repositoryFor } from './refusals.ts'

/** The user's repository, and where the worktrees that lead to it are. */
export interface ProjectTrees {
  /** The user's checkout with the commit it is at; looked at each time, because it is not ours. Throws WorkspaceError. */
  checkout: () => Promise<{ repository: Repository; head: string }>
  main: () => Promise<Repository>
  landed: () => Promise<LandedTasks>
  /** The project's folder in a worktree. */
  folderIn: (tree: Repository, repository: Repository) => string
  environmentOf: (lane: number) => Record<string, string>
  ofTask: (task: Task) => Promise<Repository | undefined>
}

/** Finds them by the folder of the project. */
export function createProjectTrees(
  { project, meta }: Pick<WorktreePorts, 'project' | 'meta'>,
  pool: Pool,
): ProjectTrees {
  const sound = new Set<string>()
  const checkout = () => repositoryFor(project.path, sound)
  const main = async () => (await checkout()).repository
  return {
    ...{ checkout, main },
    landed: lazy(async () => createLandedTasks(await main(), meta, project.name)),
    folderIn: (tree, repository) => join(tree.root, Buffer.from(repository.prefix, 'latin1').toString('utf8')),
    environmentOf: (lane) => laneEnvironment(project.path, lane),
    async ofTask(task) {
      const pooled = pool.of(task.id)
      return pooled && pool.tree(pooled)
    },
  }
}
