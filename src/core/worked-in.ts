/** Where a task is or was worked on; the commit is that of its work. */
interface WorkedIn {
  lane: number
  branch: string
  worktree: string
  commit: string
}

/** The same for programs: every key for every task and on every surface, also where there is nothing to say. */
export const workedIn = (task?: Partial<WorkedIn>): { [K in keyof WorkedIn]: WorkedIn[K] | null } => ({
  lane: task?.lane ?? null,
  branch: task?.branch ?? null,
  worktree: task?.worktree ?? null,
  commit: task?.commit ?? null,
})
