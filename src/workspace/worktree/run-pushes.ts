import type { Task } from '../../core/types.ts'
import { fenceRemote, type Pushed, push, releaseLastPushed } from '../../git/commit/push.ts'
import type { Repository } from '../../git/repository.ts'
import type { LandedTasks } from '../merge-line/landed.ts'
import type { IntegrationBranches } from './integration-branch.ts'
import type { WorktreePorts } from './ports.ts'

/** What runs have in common with the remote: where one starts that another machine had before, and what is pushed of it. */
export interface RunPushes {
  /** Where the work of a task's run stands; a machine that had it before may have pushed some. */
  baseOf: (task: Task, repository: Repository, head: string) => Promise<string>
  /** Before work begins, so that a machine that had the run before can push nothing any more, however long it was frozen. */
  raiseFence: (task: Task, repository: Repository) => Promise<void>
  /** One after the other: of two, the later must not come first. */
  push: (branch: string, runId?: string) => Promise<Pushed>
}

/** Makes it. `project.push`: without it nothing reaches the remote. */
export function createRunPushes(
  { project, rights, tasks, onError }: Pick<WorktreePorts, 'project' | 'rights' | 'tasks' | 'onError'>,
  {
    main,
    landed,
    integration,
  }: {
    main: () => Promise<Repository>
    landed: () => Promise<LandedTasks>
    integration: Pick<IntegrationBranches, 'of' | 'baseOf'>
  },
): RunPushes {
  const raised = new Set<string>()
  let last: Promise<unknown> = Promise.resolve()

  /** Numbers of the tasks of a run that are on its branch; `before`: those that were there when it came here. */
  const doneOn = async (branch: string, runId: string, before: readonly number[] = []): Promise<number[]> => {
    const known = await landed()
    const here = tasks(runId).filter((task) => {
      const one = known.of(task)
      return one?.branch === branch && !one.undone?.isUndone
    })
    return [...new Set([...before, ...here.map(({ number }) => number)])].sort((a, b) => a - b)
  }

  return {
    async baseOf({ runId }, repository, head) {
      const { run, before } = rights?.fence(runId) ?? {}
      const base = await integration.baseOf(repository, { head, pushed: before?.commit }, runId)
      if (run !== undefined && before) await releaseLastPushed(repository, run)
      return base
    },
    async raiseFence({ runId }, repository) {
      const fence = project.push ? rights?.fence(runId) : undefined
      const key = `${fence?.run} ${fence?.number}`
      if (!fence || raised.has(key)) return
      const refused = await fenceRemote(repository, integration.of(runId), fence)
      // Whatever it is, the push itself is refused for it as well, and says so.
      if (refused === undefined) raised.add(key)
      else onError(new Error(`The remote does not know yet that this machine has the run: ${refused}`))
    },
    push(branch, runId = '') {
      const mine = last.then(async (): Promise<Pushed> => {
        if (rights?.mayWrite(runId) === false)
          return { ok: false, reason: 'this machine does not have the run at the moment.' }
        const fence = rights?.fence(runId)
        return push(await main(), branch, fence && { ...fence, done: await doneOn(branch, runId, fence.before?.done) })
      })
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
