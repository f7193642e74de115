import type { Landing, Task } from '../core/types.ts'
import type { Repository } from '../git/repository.ts'

/** Where the work of some tasks goes instead of the merge line: it begins elsewhere, and lands elsewhere. */
export interface Destination {
  /** Whether a task's work goes there. */
  takes: (task: Task) => boolean
  /** The commit that a task starts from, brought into the user's repository. Throws WorkspaceError. */
  base: (task: Task, repository: Repository) => Promise<string>
  /** Puts what the task needs beside its files into the folder of its worktree; never throws. */
  furnish?: (task: Task, folder: string) => Promise<void>
  /** Brings a task's commit there. `changed` false: it did nothing. Killed at any instant, it can be asked again. */
  land: (
    task: Task,
    work: { repository: Repository; commit: string; changed: boolean },
    signal: AbortSignal,
  ) => Promise<Landing>
  /** Whether its work never meets anybody else's; default: all work comes together sooner or later. */
  keepsApart?: (task: Task) => boolean
  /** Why an undo can do nothing, and what to do instead. */
  noUndo: (task: Task) => Promise<string>
}

/** Two as one: what the first does not take is the second one's. */
export function eitherOf(first: Destination, second: Destination): Destination {
  const of = (task: Task) => (first.takes(task) ? first : second)
  return {
    takes: (task) => first.takes(task) || second.takes(task),
    base: (task, repository) => of(task).base(task, repository),
    furnish: async (task, folder) => of(task).furnish?.(task, folder),
    land: (task, work, signal) => of(task).land(task, work, signal),
    keepsApart: (task) => of(task).keepsApart?.(task) === true,
    noUndo: (task) => of(task).noUndo(task),
  }
}
