/** A task's diff, as far as there is one. */
export type TaskDiff = { ok: true; stat: string; patch: Buffer; truncated: boolean } | { ok: false; why: string }

/** The end of a log, and where all of it is. */
interface LogTail {
  lines: string[]
  file: string
}

/** What surfaces read besides the store: files and git. */
export interface Artifacts {
  /** What a task changed; for the running one, up to now. */
  diff: (taskId: string) => Promise<TaskDiff>
  /** The patches of several tasks, by the task; what has none is left out. Cheaper than `diff` for each. */
  patches: (taskIds: readonly string[]) => Promise<ReadonlyMap<string, Buffer>>
  /** The last lines of a task's readable log; undefined when it has none yet. */
  logTail: (taskId: string, lines: number) => Promise<LogTail | undefined>
  /** Number of readable logs of a run. */
  logCount: (runId: string) => Promise<number>
}
