export interface CheckResult {
  name: string
  command: string
  ok: boolean
  exitCode?: number
  durationMs: number
  /** Head and tail of what it printed. */
  output: string
  timedOut?: boolean
}

export interface CriterionResult {
  criterion: string
  pass: boolean
  evidence: string
}

export interface FileChange {
  path: string
  /** added, modified, deleted, renamed, type-changed */
  change: 'A' | 'M' | 'D' | 'R' | 'T'
  added?: number
  deleted?: number
  from?: string
}

/** Something in the way a task was worked on that a person should know of; found mechanically, never by a model. */
export interface Finding {
  /** What it is about, one word or two joined by a dash: `test-skipped`, `check-changed`, `mark`. */
  kind: string
  /** `ask`: the task is not done before a person has accepted it. `tell`: it is noted on the receipt. */
  weight: 'ask' | 'tell'
  /** One short sentence for people, without the path. */
  text: string
  path?: string
  /** 1-based, in the file as it is after the attempt. */
  line?: number
  /** What to look at: the lines in question, as a diff or as they are. */
  detail?: string
  /** It happened while the agent worked, so that no later attempt can make up for it. Others are looked for again each time. */
  lasting?: boolean
}

/** What Baton saw for itself about a finished attempt; the receipt shows it. */
export interface Proof {
  checks: CheckResult[]
  /** What was found in the way the work was done: weakened tests, changed checks, commits on the side. */
  findings?: Finding[]
  criteria?: CriterionResult[]
  files?: FileChange[]
  /** Why there is no list of files: not a repository, … */
  filesNote?: string
  /** Commits, branches or refs that appeared although the agent was told not to. */
  gitWrites?: string[]
  /** The agent's words against the facts. */
  flags?: string[]
  /** Commit made by Baton for the task, when configured. */
  commit?: string
}
