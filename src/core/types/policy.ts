import type { RoleBook } from './role.ts'
import type { TaskSpec } from './task-spec.ts'

/** The part of the configuration that decisions depend on. */
export interface Policy {
  approval: {
    /** Where answers are taken: anywhere, or only where a chat tells who somebody is. Absent: anywhere. */
    from?: 'any' | 'phone'
    mode: 'marked' | 'all' | 'none'
    auto: string[]
    review: 'never' | 'marked' | 'always'
    checkpointAfter: string[]
  }
  onFailure: 'ask' | 'stop' | 'continue'
  retries: number
  /** Ceilings in USD; absent: none. */
  budget: { runUsd?: number | undefined; dayUsd?: number | undefined; taskUsd?: number | undefined }
  /** The configuration has checks, or a judge, for this task beside its own Verify commands. */
  hasChecks: (spec: TaskSpec) => boolean
  /** Somebody can answer: a terminal, the bot, the dashboard. */
  attended: boolean
  /** Who has which role; absent: there are none. */
  roles?: RoleBook
  /** Environments by name, each with the roles that have a say in it; none: everybody has. */
  environments?: Readonly<Record<string, { roles: readonly string[] }>>
  /** When an open ask is said again (0: never), and when not; absent: only when somebody snoozed it. */
  remind?: { afterMs: number; isQuiet: (at: number) => boolean }
  /** The share of the subscription that is left to the person, 0 to 1; absent: none. */
  keepShare?: number
  /** Whether a finding that weighs `ask` keeps a task from being done before a person has seen it. */
  guard: 'ask' | 'tell' | 'off'
  /** How many tasks may run at once; absent: one. */
  lanes?: number
  /** Where they are worked on; absent: in the project's own folder, which has one lane. */
  workspace?: 'in_place' | 'worktree'
  /** How often the merge line gives a task back to its session before a person is asked. */
  returns?: number
  /** Other projects use the same login of Claude: what affects one of them affects all. */
  sharesLogin?: boolean
  /** Something is left to do once a task has passed: `done` is written into its file, or its changes are committed. */
  finish: boolean
}
