import type { Choice, PlannedTask, PushedCommit, SourceName, TakenLease } from '../types.ts'

/**
 * What a person or a program tells Baton to do, from whichever surface: plain data, stored in the inbox as it came. Some need files
 * read or written first (`daemon/commands/resolve-command.ts`).
 */
export type Command =
  | Exclude<ResolvedCommand, { type: 'start' | 'snooze' | 'freeze' | 'unfreeze' }>
  /** `text`: the environment, and what else is said: a commit or branch, a time, a reason. */
  | { type: 'deploy' | 'rollback' | 'freeze' | 'unfreeze'; text: string }
  | {
      type: 'start'
      /** Paths or globs relative to Baton's home; absent: the configured task files. */
      files?: string[]
      /** Tasks of another source than the task files, by their names there. */
      from?: { source: Exclude<SourceName, 'files'>; refs: string[] }
      /** A task file given as text instead, as programs do. */
      inline?: { name: string; text: string; form?: 'json' }
      autoApprove?: boolean
      only?: number[]
      all?: boolean
      /** Stops what is open first, as a new run from the terminal does. */
      supersede?: boolean
      /** How many of its tasks may be worked on at once; absent: as many as the queue has lanes. */
      lanes?: number
      /** Id for the run, so that the caller can refer to it. */
      runId?: string
      /** It was offered by another machine, and taken. */
      lease?: TakenLease
      /** How people know its files, in this order, where they are copies that Baton keeps. */
      shownAs?: string[]
    }
  | {
      type: 'add'
      text: string
      file?: string
      branch?: string
      /** Numbers or titles. */
      dependsOn?: string
      /** Puts it into the queue at once, with what it depends on. */
      start?: boolean
    }
  /** `30m`, `tonight`, `tomorrow`; absent: 30 minutes. */
  | { type: 'snooze'; target: Target; for?: string }
  | { type: 'undo'; task: number; runId?: string; confirm?: string; overwrite?: string[] }
  /** `text`: the run whose work is brought to the user's branch. */
  | { type: 'land'; text?: string }
  /** How the session of a task that was taken over is opened at a terminal. */
  | { type: 'session'; task: number }
  /** `text`: what to do on GitHub: `take 5`, `review 12`, `merge 12 COMMIT`; absent: show what is open there. */
  | { type: 'github'; text?: string }
  /** `text`: what to do with the worktrees, `list` or `clean`. */
  | { type: 'worktree'; text?: string }

/** A command whose files were read and whose ids were looked up: nothing in it needs I/O. */
export type ResolvedCommand =
  | {
      type: 'start'
      tasks: PlannedTask[]
      files: string[]
      autoApprove: boolean
      supersede?: boolean
      runId?: string
      lanes?: number
      push?: PushedCommit
      lease?: TakenLease
      /** How people know its files, in this order, where they are copies that Baton keeps. */
      shownAs?: string[]
    }
  /** Nothing is deployed to an environment until then, or until it is unfrozen. */
  | { type: 'freeze'; environment: string; until?: number; why: string }
  /** It also lifts the lock that a failed rollback left. */
  | { type: 'unfreeze'; environment: string }
  /** The bare words of a command: their meaning depends on the ask that is open. */
  | { type: 'approve' | 'reject' | 'words'; target: Target; text?: string }
  /** An answer that names its choice: a tap, a dialog, a request. */
  | { type: 'answer'; target: Target; choice: Choice; text?: string; answers?: Record<string, string> }
  | { type: 'snooze'; target: Target; until: number }
  | { type: 'pause'; afterTask?: boolean }
  /** `autoApprove`: and ask for no approvals of it any more. */
  | { type: 'resume'; autoApprove?: boolean }
  /** With a run, the task of that number in that run; else in the current or the latest one. */
  | { type: 'skip'; task?: number; runId?: string; why?: string }
  | { type: 'retry'; task?: number; runId?: string }
  | { type: 'stop'; why?: string }
  /** A queued task before another one or at the end; without a place: the first of those that are queued. */
  | { type: 'move'; task: number; before?: number | 'end' }
  | { type: 'say'; task?: number; runId?: string; text: string }
  /** A person takes the session; `window` is the process that they work in, and takes the place of `instead`. */
  | { type: 'takeover'; task?: number; window?: { pid: number; startedAt: string }; instead?: number }
  /** They give it back: `done` for its checks, else to Claude, with words. `window`: only if it still is in that one. */
  | { type: 'release'; task?: number; done?: boolean; text?: string; window?: number }
  | { type: 'accept-run'; runId?: string }

/** Which ask is meant: by id and what was shown, by task number, or the only open one. */
export interface Target {
  askId?: string
  hash?: string
  task?: number
}
