export type Priority = 'high' | 'medium' | 'low'

/** What people write behind "Task": 3, or 1.2 and 2a as text. */
export type TaskNumber = number | string

export type Proving = 'off' | 'new-tests'

/** Where tasks come from. */
export type SourceName = 'files' | 'github' | 'jira' | 'push'

/** Where a task was written: enough for its source to find it again, and for people to look it up. */
export interface Origin {
  source: SourceName
  /** Identity in its source (in its file, where there is one), stable while people edit around it: `Task 3`, `#12`. */
  ref: string
  /** Where people read it in a browser. */
  url?: string
  /** Path of the task file as shown to people: relative to Baton's home when it is inside, `/`-separated. */
  file?: string
  /** How people know `file` where it is a copy that Baton keeps. */
  shownAs?: string
  /** 1-based line of the heading or check box in `file`. */
  line?: number
  /** How it is written in `file`. */
  form?: TaskForm
}

/** How a task is written in its file. */
export type TaskForm = 'section' | 'checkbox' | 'json'

/** A task as the user wrote it; it never changes after it was read. */
export interface TaskSpec {
  origin: Origin
  /** The number in `## Task N: …`, as text where it is not a plain number (`1.2`); absent for other headings and check boxes. */
  headingNumber?: TaskNumber
  title: string
  type?: string
  priority: Priority
  /** Absent: the configuration decides. */
  requiresApproval?: boolean
  /** Somebody wrote it who has no say in the project: a person approves exactly this text, whatever the configuration says. */
  outsider?: true
  description?: string
  criteria: string[]
  /** Commands that prove the task, each run by a shell as the user wrote it. */
  verify: string[]
  /** Byte for byte as in the file; empty for a Run task. */
  instruction: string
  /** Commands that run instead of Claude. */
  run?: string[]
  model?: string
  effort?: string
  agent?: string
  permissionMode?: string
  allowedTools?: string[]
  maxTurns?: number
  budgetUsd?: number
  timeoutMs?: number
  retries?: number
  directory?: string
  /** The machine that it is for: `any`, a name or `label:NAME`; absent: the one that starts it. */
  machine?: string
  /** The git branch that the work goes to. */
  branch?: string
  /** Paths or patterns that the task expects to touch. */
  files?: string[]
  /** The checks run first, and Claude begins only when they fail. */
  verifyFirst?: boolean
  /** What must be proved beyond the checks; `new-tests`: tests that the task adds fail on the tree before it. */
  prove?: Proving
  /** In pipelines: who may approve, the environment that is deployed to, and the paths of what is built. */
  role?: string
  deploy?: string
  artifact?: string[]
  /** Claude looks and changes nothing. */
  readOnly?: true
  /** Files of others are in its folder: Claude takes no settings, hooks, servers and instructions from there. */
  foreign?: true
  /** A session of Claude that knows what this is about: the work continues in it, where it is there still. */
  resume?: KnownSession
  /** The text before the first task and the sections that are not tasks; the same string object for all tasks of a file. */
  context: string
  /** The file says that it is done. */
  done: boolean
}

/** The session of an earlier task. */
export interface KnownSession {
  id: string
  /** What it had cost, USD: Claude counts the whole session. */
  costUsd: number
  /** The instruction for its own session; the one of the task is for a fresh one. */
  instruction: string
}

/** A task with its place in a run. */
export interface PlannedTask {
  spec: TaskSpec
  /** What people call it by: 1-based place in the order written, across the run's files. */
  number: number
  /** Place in the order of work, 0-based; differs from `number` under `order: priority`. */
  position: number
  /** Numbers of the tasks of this run that must be done first; those already done in their file are left out. */
  dependsOn: number[]
}
