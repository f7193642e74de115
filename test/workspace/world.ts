import type { ProjectConfig } from '../../src/config/types.ts'
import type { Attempt, Task } from '../../src/core/types.ts'
import type { TaskNotes } from '../../src/workspace/finish.ts'
import type { WorkspaceWorld } from '../contracts/workspace.ts'
import { newRepository } from '../git/support/playground.ts'

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
