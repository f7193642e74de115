import type { LedgerProperty } from '../core/ledger-properties.ts'
import type { NamedPerson } from '../core/people.ts'
import type { Policy, Proving, TaskStatus } from '../core/types.ts'
import type { NOTIFICATION_TYPES } from './keys-all.ts'
import type { ClockRange } from './kinds.ts'

/** A command that proves tasks. A string is run by a shell, a list as it is. */
interface CheckCommand {
  name: string
  run: string | string[]
  /** Patterns of changed files; absent: always. */
  paths?: string[]
  /** Types of tasks; absent: all. */
  types?: string[]
  /** Names of variables that it gets beside the clean set. */
  env?: string[]
  timeoutMs: number
}

interface ClaudeConfig {
  /** Program and first arguments; paths in it are absolute. */
  command: string[]
  model?: string
  effort?: string
  permissionMode: string
  allowedTools: string[]
  disallowedTools: string[]
  maxTurns?: number
  budgetUsd?: number
  /** Empty: nothing is added. */
  appendPrompt: string
  extraArgs: string[]
  /** Names of further environment variables. */
  env: string[]
  sandbox: 'off' | 'on'
  /** The next task's process is started ahead of its turn. */
  warm: boolean
  /** 0: park at once. */
  holdMs: number
}

/** 0 switches a clock off. */
interface Timeouts {
  startMs: number
  idleMs: number
  taskMs: number
  exitMs: number
  verifyMs: number
}

/** How the tasks of a project are worked on. */
export interface ProjectConfig {
  /** Name of its queue: the key under `projects`, or `main`. */
  name: string
  /** Where Claude works; absolute. */
  path: string
  /** Baton's own choice, made when it is first needed. */
  makeFolder?: true
  /** Patterns of its task files, seen from home. */
  tasks: string[]
  order: 'written' | 'priority'
  mark: boolean
  watch: boolean
  approval: Policy['approval']
  claude: ClaudeConfig
  /** Priority of what tasks run, as `nice` counts: 0 is that of everything else, 19 the least. */
  nice: number
  git: 'read' | 'allow'
  /** The share of the subscription that is left to the person, 0 to 1. */
  keepShare: number
  guard: Policy['guard']
  prove: Proving
  timeouts: Timeouts
  retries: number
  onFailure: Policy['onFailure']
  budget: { runUsd?: number; dayUsd?: number }
  verify: CheckCommand[]
  judge: boolean
  commit: 'never' | 'per-task'
  branch: 'current' | 'per-run' | 'per-task'
  commitMessage: string
  push: boolean
  /** How many tasks are worked on at once. */
  lanes: number
  workspace: 'in_place' | 'worktree'
  /** What Claude and everything it started may use, for each task. */
  laneLimits: { memoryBytes?: number; cpus?: number }
  /** The user's own commands around each task, in order. */
  hooks: { beforeTask: CheckCommand['run'][]; afterTask: CheckCommand['run'][] }
  worktree: {
    /** Absolute; of this project alone. */
    dir: string
    copy: string[]
    setup: string[]
    keep: number
  }
  merge: { into: string; method: 'squash' | 'merge'; verify: string[]; returns: number }
  /** Absent: its issues and pull requests are nobody's business. */
  github?: GitHubConfig
  /** Absent: its tickets are nobody's business. */
  jira?: JiraConfig
  /** Absent: it has no environments, and so no pipelines. */
  pipelines?: PipelineConfig
}

/** A project's tickets in Jira. */
export interface JiraConfig {
  /** Absent: JIRA_URL. */
  url?: string
  /** Its key. */
  project: string
  jql: string
  /** Status or category of statuses, by how a task stands; absent: tickets stay where they are. */
  status: Partial<Record<TaskStatus, string>>
  /** Account ids. */
  reporters: string[]
  pollMs: number
}

/** The pipelines of a project. Its own queue has them, and so has the queue that they run in. */
export interface PipelineConfig {
  /** Name of the queue that they run in. */
  queue: string
  /** Of the project whose tasks they are beside. */
  project: string
  /** Absolute path of the folder with their files. */
  folder: string
  remote: string
  pollMs: number
  lanes: number
  fix: 'pull-request' | 'branch'
  environments: Record<string, EnvironmentConfig>
  github?: GitHubConfig
}

/** What is done after a deployment to see whether it is well. */
export type DeploymentCheck =
  | { commands: string[] }
  | { url: string; status: number; contains?: string; forMs: number; everyMs: number; withinMs: number }

/** Where pipelines deploy to. */
export interface EnvironmentConfig {
  name: string
  /** Patterns; empty: all. */
  branches: string[]
  approve: string[]
  approvals: number
  notRequester: boolean
  deploy: string[]
  before?: string
  check?: DeploymentCheck
  rollback?: string[]
  onRed: 'rollback' | 'ask' | 'never'
  migrations: string[]
  /** Variables of its commands alone; secret. */
  secrets: Record<string, string>
  freeze: { cron: string; forMs: number }[]
  timeoutMs: number
  url?: string
}

/** A project's repository on GitHub. */
export interface GitHubConfig {
  /** `owner/name`. */
  repo: string
  label: string
  /** Holds `{number}`. */
  branch: string
  review: 'all' | 'requested' | 'none'
  merge: { command: string; method: 'squash' | 'merge' | 'rebase'; checks: string[]; ci: boolean; waitMs: number }
  /** Logins. */
  bots: string[]
  pollMs: number
}

export type NotificationType = (typeof NOTIFICATION_TYPES)[number]

/** Another system that is notified of what happens. */
export interface Receiver {
  url: string
  format: 'n8n' | 'json' | 'slack' | 'discord'
  /** Absent: all. */
  events?: NotificationType[]
  /** Signs the requests. */
  secret?: string
}

export interface ScheduledStart {
  cron: string
  /** Patterns, with `{yyyy-MM-dd}` for the date; absent: the project's. */
  files?: string[]
  project: string
  autoApprove: boolean
  timezone?: string
  /** How late a missed start may still happen; 0: never. */
  catchUpMs: number
}

/** Everything of config.yaml, with `.env` and the environment on top. Paths are absolute. */
export interface Config {
  home: string
  /** The folder that holds the program, which no task works on. */
  program: string
  /** Absent when there is none and the defaults hold. */
  configFile?: string
  stateDir: string
  logsDir: string
  /** At least one; the first is the one that is meant when none is named. */
  projects: [ProjectConfig, ...ProjectConfig[]]
  keep: { runs: number; days: number; logMb: number; attemptLogMb: number }
  timezone?: string
  /** What is said in chats, on every platform. */
  chat: {
    quietHours?: ClockRange
    /** What makes a sound: asks and the end of a run, the end of each task too, or everything. */
    sound: 'needed' | 'ends' | 'all'
    /** 0: never. */
    remindAfterMs: number
    progressMs: number
    /** Seen from the project's folder. */
    inbox: string
  }
  telegram: { chats: number[] }
  /** Absent: in private with each user. */
  discord: { channel?: string; users: string[] }
  slack: { channel?: string; users: string[] }
  people: NamedPerson[]
  /** Members of each role, as written. */
  roles: Record<string, string[]>
  http: { enabled: boolean; host: string; port: number; url?: string; allowedHosts: string[] }
  notify: Receiver[]
  /** Absent: nobody keeps a ledger. */
  notion?: { database: string; source?: string; properties: Readonly<Record<string, LedgerProperty>> }
  /** Absent: nobody waits for pings. */
  heartbeat?: { url: string; everyMs: number }
  /** What it is called among those that share runs, and what it can do. */
  machine: { name: string; labels: string[] }
  schedule: ScheduledStart[]
  /** Minutes after midnight. */
  daily: { morningMinute?: number; eveningMinute?: number }
  log: { level: 'error' | 'warn' | 'info' | 'debug' | 'trace' }
}
