import { existsSync } from 'node:fs'
import type { Landing, PushedCommit, Run, Task } from '../core/types.ts'
import type { Destination } from '../workspace/destination.ts'
import { type Workspace, WorkspaceError } from '../workspace/workspace.ts'
import type { ArtifactStore } from './artifacts.ts'

/** What the folders of steps need. */
export interface StepFolderPorts {
  run: (runId: string) => Run | undefined
  tasks: (runId: string) => Task[]
  artifacts: ArtifactStore
}

/** What every command of a pipeline knows of the commit that it is about. */
const pushVariables = ({ sha, branch, before }: PushedCommit): Record<string, string> => ({
  SHA: sha,
  BRANCH: branch,
  ...(before !== undefined && { BEFORE_SHA: before }),
})

/**
 * The steps of a pipeline work in worktrees of exactly the commit that was pushed, each in its own, so that none changes what
 * another one sees; only what a step is said to build comes to those after it, and is compared with its digest.
 */
export function stepFolders(worktrees: Workspace, { run, tasks, artifacts }: StepFolderPorts): Workspace {
  return {
    ...worktrees,
    async open(task, lane) {
      const push = pushOf(run(task.runId))
      const place = await worktrees.open(task, lane)
      const tree = place.tree ?? place.folder
      try {
        for (const before of stepsBefore(task, tasks(task.runId)))
          if (before.artifacts) artifacts.place(before, tree, before.artifacts)
      } catch (error) {
        throw new WorkspaceError(error instanceof Error ? error.message : String(error))
      }
      return { ...place, env: { ...place.env, ...pushVariables(push) } }
    },
    async land(task, signal): Promise<Landing> {
      if (!task.spec.artifact || task.worktree === undefined || !existsSync(task.worktree))
        return worktrees.land(task, signal)
      try {
        const built = artifacts.keep(task, task.worktree, task.spec.artifact)
        const landing = await worktrees.land(task, signal)
        return landing.kind === 'landed' ? { ...landing, artifacts: built } : landing
      } catch (error) {
        return { kind: 'aside', words: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

function pushOf(run: Run | undefined): PushedCommit {
  if (!run?.push) throw new WorkspaceError('Baton has no record of the push that this step belongs to.')
  return run.push
}

/** The steps that one depends on, and those that they depend on. */
export function stepsBefore(task: Pick<Task, 'dependsOn'>, all: readonly Task[]): Task[] {
  const numbers = new Set(task.dependsOn)
  for (const number of numbers)
    for (const before of all.find((one) => one.number === number)?.dependsOn ?? []) numbers.add(before)
  return all.filter(({ number }) => numbers.has(number))
}

/** What brings the fix of a step to where people see it; gives words for them. Throws with words for people. */
export type PublishFix = (fix: { task: Task; push: PushedCommit; commit: string }) => Promise<string>

/**
 * Where the work of a step goes: nothing of it is part of what is deployed. What Claude mended comes back as a pull request,
 * or on the branch, and so as a push of its own; the commit that it was found in is not deployed.
 */
export function stepDestination(ports: Pick<StepFolderPorts, 'run'> & { publish: PublishFix }): Destination {
  return {
    takes: () => true,
    // Only what Claude mended comes back; what a command built is kept as an artifact.
    keepsApart: ({ spec }) => spec.run !== undefined || spec.readOnly === true,
    noUndo: async () =>
      'Steps of a pipeline change nothing that could be undone. /rollback brings back what ran before.',
    base: async (task) => pushOf(ports.run(task.runId)).sha,
    async land(task, { commit, changed }): Promise<Landing> {
      if (!changed || task.spec.run) return { kind: 'landed' }
      const { sha } = pushOf(ports.run(task.runId))
      const short = sha.slice(0, 8)
      if (task.spec.readOnly)
        return { kind: 'landed', notes: ['what it changed is left out: a step without checks only looks'] }
      try {
        const where = await ports.publish({ task, push: pushOf(ports.run(task.runId)), commit })
        return {
          kind: 'aside',
          words: `The checks of ${short} failed, and Claude fixed what they showed: ${where}. ${short} itself goes no further.`,
        }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return {
          kind: 'aside',
          words: `The checks of ${short} failed. Claude fixed what they showed, but the fix could not be published: ${why}. It is on the branch ${task.branch ?? '(unknown)'} here.`,
        }
      }
    },
  }
}
