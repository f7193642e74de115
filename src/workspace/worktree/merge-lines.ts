import type { Repository } from '../../git/repository.ts'
import type { Following } from '../merge-line/following.ts'
import { landedSince } from '../merge-line/landed-since.ts'
import { createMergeLine, type MergeLine } from '../merge-line/merge-line.ts'
import type { IntegrationBranches } from './integration-branch.ts'
import type { LaneTrees } from './lane-tree.ts'
import type { WorktreePorts } from './ports.ts'
import type { ProjectTrees } from './project-trees.ts'
import type { WorktreeChecks } from './worktree-checks.ts'

/** What landed on a branch longer ago than that does not tell anybody why their work conflicts. */
const MOST_RUNS = 20

/** One merge line for each branch that work comes together on. */
export interface MergeLines {
  of: (repository: Repository, branch: string, runId: string) => MergeLine
  /** Nothing has landed in this life, so that nothing is checked. */
  areStill: () => boolean
}

export function createMergeLines(
  { merge, tasks, meta, rights }: Pick<WorktreePorts, 'merge' | 'tasks' | 'meta' | 'rights'>,
  parts: {
    project: ProjectTrees
    trees: LaneTrees
    checks: WorktreeChecks
    integration: IntegrationBranches
    /** Absent: the user's branch moves only when somebody wants it to. */
    following: Following | undefined
  },
): MergeLines {
  const { project, trees, checks, integration, following } = parts
  const lines = new Map<string, MergeLine>()
  // A branch of the user's is where several runs land, also those of an earlier life.
  const runsOf = (branch: string) => meta.get<string[]>(`runs-on:${branch}`) ?? []
  const note = (branch: string, runId: string) => {
    const known = runsOf(branch)
    if (!known.includes(runId)) meta.set(`runs-on:${branch}`, [...known, runId].slice(-MOST_RUNS))
  }

  const open = (repository: Repository, branch: string): MergeLine =>
    createMergeLine({
      ...{ repository, branch, method: merge.method, ...(rights && { mayWrite: rights.mayWrite }) },
      advance: async (...step) => {
        const landed = await project.landed()
        return (following?.noting(landed) ?? landed).advance(...step)
      },
      landedAs: async (task) => (await project.landed()).of(task),
      leftAt: () => integration.leftAt(branch),
      check: checks.check,
      again: checks.again,
      checkBase: checks.checkBase,
      giveBack: async (task, to) => {
        const tree = await project.ofTask(task)
        if (tree) await trees.giveBack(task, tree, to)
      },
      landedSince: async (work, tip, files) =>
        landedSince(
          repository,
          { tasks: runsOf(branch).flatMap((runId) => tasks(runId)), landed: await project.landed() },
          { work, tip, ...(files && { files }) },
        ),
      ...(following && {
        onLanded: async () => {
          const { ok, text } = await following.follow(branch)
          return ok ? { followed: true } : { note: text }
        },
      }),
    })

  return {
    of(repository, branch, runId) {
      note(branch, runId)
      const line = lines.get(branch) ?? open(repository, branch)
      lines.set(branch, line)
      return line
    },
    areStill: () => lines.size === 0,
  }
}
