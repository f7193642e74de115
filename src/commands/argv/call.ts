import type { Command } from '../../core/commands/commands.ts'
import type { InitFlags } from '../../init/flags.ts'

/** What the program was called for; options read and checked, nothing done yet. */
export type ProgramCall =
  | ({ do: 'tasks' } & TasksCall)
  | { do: 'status'; json: boolean }
  | ({ do: 'command' } & CommandArgv)
  | ({ do: 'task' } & TaskCall)
  | ({ do: 'instance' } & InstanceCall)
  | { do: 'machine'; what: 'list'; json: boolean }
  | ({ do: 'plan' } & PlanCall)
  | { do: 'web'; start: boolean }
  | { do: 'github'; once: boolean; json: boolean }
  | { do: 'logs'; task?: number; run?: string; lines: number; follow?: true }
  | { do: 'attach'; task: number; run?: string }
  | { do: 'takeover'; task?: number }
  | { do: 'diff'; task?: number; run?: string }
  | { do: 'check'; files: string[] }
  | { do: 'backup'; file: string }
  | { do: 'doctor'; json: boolean }
  | { do: 'init'; flags: InitFlags }
  | { do: 'start' }
  | { do: 'demo' }
  /** Text that was asked for: help, the version. */
  | { do: 'print'; text: string }

/** A command that the phone has, too. */
export interface CommandArgv {
  command: Command
  /** For a command in words: one for each argument, since several questions have an answer each. */
  words?: string[]
  yes: boolean
  json: boolean
}

/** The options of `tasks`. */
export interface TasksCall {
  /** Empty: the configured ones. */
  files: string[]
  autoApprove: boolean
  resume: boolean
  all: boolean
  only?: number[]
  dryRun: boolean
  json: boolean
  /** The machine that is to work on them: `any`, a name or `label:NAME`; absent: this one. */
  on?: string
}

/** What a task file is written from, and what is done with it. */
export interface PlanCall {
  /** Empty: from the note, else from that of today. */
  words: string
  /** Seen from home. */
  note?: string
  /** Write it into a new task file. */
  save: boolean
  /** The same, and work on it at once. */
  start: boolean
  json: boolean
}

/** The tasks of the task files. */
export type TaskCall = TaskCreateCall | { what: 'list'; json: boolean } | { what: 'show'; task: number; json: boolean }

/** The tasks that have been taken up, each with its process. */
export type InstanceCall =
  | { what: 'list'; json: boolean }
  | { what: 'spawn'; task: number; json: boolean }
  | { what: 'stop'; task: number; json: boolean }

/** A new task. */
export interface TaskCreateCall {
  what: 'create'
  title: string
  branch?: string
  file?: string
  dependsOn?: number[]
  /** Work on it at once. */
  start: boolean
  json: boolean
}
