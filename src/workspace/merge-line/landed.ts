import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SingleValues } from '../../core/kept-values.ts'
import type { Task } from '../../core/types.ts'
import { fileClock } from '../../git/file-clock.ts'
import type { Repository } from '../../git/repository.ts'
import { commitOf, moveBranch } from '../../git/worktree/branches.ts'
import { isAncestor } from '../../git/worktree/combine.ts'

/** A task on the integration branch. */
export interface Landed {
  branch: string
  commit: string
  number: number
  title: string
  /** The revert of it that landed last, or the revert of that. */
  undone?: { commit: string; isUndone: boolean }
}

interface Step {
  from: string | undefined
  to: string
  /** What holds once the branch stands at `to`, by key. */
  facts: Record<string, unknown>
}

/** Moves integration branches so that a kill at any instant leaves the branch and what is known of it in step. */
export interface LandedTasks {
  of: (task: Pick<Task, 'id'>) => Landed | undefined
  /** False: the branch stands elsewhere by now. Throws GitError where git cannot move it. */
  advance: (branch: string, step: Step) => Promise<boolean>
  /** Where Baton left a branch; undefined where it never moved it. */
  leftAt: (branch: string) => string | undefined
  /** After a kill: a step whose branch has moved is finished, another one forgotten. */
  recover: () => Promise<void>
}

export const landedKey = (task: Pick<Task, 'id'>): string => `landed:${task.id}`

const tipKey = (branch: string): string => `tip:${branch}`

export function createLandedTasks(repository: Repository, meta: SingleValues, project: string): LandedTasks {
  const key = `landing:${project}`
  const pending = () => meta.get<Record<string, Step>>(key) ?? {}
  const finish = (branch: string, step: Step | undefined) => {
    for (const [name, value] of Object.entries(step?.facts ?? {})) meta.set(name, value)
    if (step) meta.set(tipKey(branch), step.to)
    const { [branch]: _, ...others } = pending()
    meta.set(key, others)
  }
  return {
    of: (task) => meta.get<Landed>(landedKey(task)),
    leftAt: (branch) => meta.get<string>(tipKey(branch)),
    async advance(branch, step) {
      meta.set(key, { ...pending(), [branch]: step })
      let moved = false
      try {
        moved = await moveBranch(repository, branch, { from: step.from, to: step.to, why: 'baton: tasks land' })
      } finally {
        finish(branch, moved ? step : undefined)
      }
      return moved
    },
    async recover() {
      for (const [branch, step] of Object.entries(pending())) {
        await dropLeftLock(repository, branch)
        const tip = await commitOf(repository, `refs/heads/${branch}`)
        const isThere = tip !== undefined && (await isAncestor(repository, step.to, tip))
        finish(branch, isThere ? step : undefined)
      }
    },
  }
}

/** Git keeps it for thousandths of a second, and nobody but Baton moves the branch. */
const LEFT_LOCK_MS = 2_000

/** A lock that was left by the git that was to move a branch when all ended would keep it from being moved for good. */
async function dropLeftLock({ commonDir }: Repository, branch: string): Promise<void> {
  const lock = join(commonDir, 'refs/heads', `${branch}.lock`)
  const found = await stat(lock).catch(() => undefined)
  if (!found) return
  const ageMs = (await fileClock(commonDir)) - found.mtimeMs
  if (ageMs < LEFT_LOCK_MS) await sleep(LEFT_LOCK_MS - Math.max(0, ageMs))
  await rm(lock, { force: true })
}
