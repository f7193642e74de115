import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { ProjectConfig } from '../../src/config/types.ts'
import type { RunRights } from '../../src/core/lanes/lease.ts'
import type { Attempt, Task } from '../../src/core/types.ts'
import type { TaskNotes } from '../../src/workspace/finish.ts'
import type { LaneCheck } from '../../src/workspace/merge-line/checked.ts'
import type { MergeOptions } from '../../src/workspace/merge-line/options.ts'
import type { WorktreeOptions } from '../../src/workspace/worktree/options.ts'
import { createWorktrees, type Worktrees } from '../../src/workspace/worktree/worktree.ts'
import type { WorkspaceWorld } from '../contracts/workspace.ts'
import { newRepository, temporaryFolder } from '../git/support/playground.ts'

/** What a workspace is given by the rest of Baton, kept in memory. */
export function worldParts(more: Partial<ProjectConfig> = {}) {
  const user = newRepository()
  const attempts: Attempt[] = []
  const tasks: Task[] = []
  const noted: string[] = []
  const kept = new Map<string, string>()
  let refused = 0
  const note = async (text: string) => {
    if (refused-- > 0) return { problem: 'no space left on the device', code: 'ENOSPC' }
    noted.push(text)
    return { isRewritten: false }
  }
  const notes: TaskNotes = {
    settled: ({ number }, doneAt) => note(`${doneAt ? 'done' : 'open'} ${number}`),
  }
  const project = {
    name: 'main',
    path: user.root,
    mark: true,
    git: 'read',
    guard: 'off',
    commit: 'never',
    branch: 'current',
    commitMessage: '{title}\n\n{summary}',
    push: false,
    verify: [],
    ...more,
  } as unknown as ProjectConfig
  const ports = {
    project,
    exclude: [],
    claudeDir: '/nonexistent',
    inbox: '/nonexistent',
    attempt: (id: string) => attempts.find((one) => one.id === id),
    attempts: (taskId: string) => attempts.filter((one) => one.taskId === taskId),
    tasks: (runId: string) => tasks.filter((one) => one.runId === runId),
    meta: {
      get: <T>(key: string) => (kept.has(key) ? (JSON.parse(kept.get(key) as string) as T) : undefined),
      set: (key: string, value: unknown) => void kept.set(key, JSON.stringify(value)),
    },
    notes,
    onError: (error: unknown) => {
      throw error
    },
  }
  const world: Omit<WorkspaceWorld, 'open'> = {
    ...{ user, attempts, tasks, noted },
    refuseNotes: (times) => {
      refused = times
    },
  }
  return { ports, world }
}

/** Worktrees over a repository, with checks that are commands of a shell. */
export function worktreeWorld(
  more: {
    options?: Partial<WorktreeOptions>
    merge?: Partial<MergeOptions>
    verify?: string[]
    project?: Partial<ProjectConfig>
    freeBytes?: () => Promise<number>
    rights?: RunRights
  } = {},
) {
  const { ports, world } = worldParts(more.project)
  const dir = temporaryFolder()
  /** Checks that were run, as `command @ commit`. */
  const ran: string[] = []
  const shell = (command: string, cwd: string, env: Record<string, string>) =>
    spawnSync('/bin/sh', ['-c', command], { cwd, env: { PATH: process.env.PATH ?? '', ...env }, encoding: 'utf8' })
  const checkOf = (command: string, isOwn: boolean): LaneCheck => ({
    check: { name: command, command, timeoutMs: 60_000 },
    isOwn,
  })
  const build = (): Worktrees =>
    createWorktrees({
      ...ports,
      options: { dir, copy: [], setup: [], keep: 3, ...more.options },
      merge: { into: 'run', method: 'squash', ...more.merge },
      ...(more.rights && { rights: more.rights }),
      ...(more.freeBytes && { freeBytes: more.freeBytes }),
      mayBeDirty: () => [join(world.user.root, 'tasks.md')],
      marksIn: async () => undefined,
      checksFor: async (tasks) => {
        const own = tasks.flatMap(({ spec }) => spec.verify).map((command) => checkOf(command, true))
        const all = [...own, ...(more.verify ?? []).map((command) => checkOf(command, false))]
        return all.filter((one, index) => all.findIndex((other) => other.check.command === one.check.command) === index)
      },
      runCheck: async ({ check }, { folder, env }) => {
        const command = check.command as string
        ran.push(command)
        const { status, stdout, stderr } = shell(command, folder, env)
        return {
          name: check.name,
          command,
          ok: status === 0,
          durationMs: 1,
          exitCode: status ?? -1,
          output: stdout + stderr,
        }
      },
      runSetUp: async (command, { cwd, env }) => {
        const { status, stdout, stderr } = shell(command, cwd, env)
        return status === 0 ? {} : { failed: stdout + stderr }
      },
    })
  return { ...world, open: build, dir, ran, meta: ports.meta }
}
