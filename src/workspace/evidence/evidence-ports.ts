import type { ProjectConfig } from '../../config/types.ts'
import type { Attempt, FileChange, Finding, Task } from '../../core/types.ts'

/** What a look at the project before and after an attempt needs. */
export interface EvidencePorts {
  project: ProjectConfig
  /** Baton's own folders: never part of a checkpoint. */
  exclude: string[]
  /** Where Claude keeps its sessions and settings: never the project's, even inside it. */
  claudeDir: string
  /** Where files that people send along are put. */
  inbox: string
  /** The tasks of a run. */
  tasks: (runId: string) => Task[]
  /** The attempt as stored, for what was noted before it. */
  attempt: (id: string) => Attempt | undefined
  /** All attempts at a task, oldest first. */
  attempts: (taskId: string) => Attempt[]
  /** Of a task that has a branch of its own. */
  own?: (task: Task) => OwnHistory | undefined
  /** What else to say of a task whose files are known: `after` is the checkpoint after it. */
  alsoFound?: (task: Task, files: readonly FileChange[], after: string) => Promise<Finding[]>
  onError: (error: unknown) => void
}

/** Where a task's own work begins that was given back after others had landed. */
export interface OwnHistory {
  branch: string
  rebased?: Rebased
}

/** Baton itself put a task's work onto what landed meanwhile; what is older than this no longer counts. */
export interface Rebased {
  /** Checkpoint that the task's own work counts from. */
  from: string
  /** The last checkpoint from before; it holds nothing of what is done since. */
  until?: string
  /** What git was like then. */
  facts: string
  at: number
}
