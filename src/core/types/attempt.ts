/** One go at a task: one session of Claude, possibly several processes. */
export interface Attempt {
  id: string
  taskId: string
  runId: string
  number: number
  /** Session of Claude, chosen by us; empty for Run tasks. */
  sessionId: string
  /** Where Claude works: absolute path. */
  cwd: string
  /** Processes started so far. */
  processes: number
  /** The live process; absent when none is. Start time as the system gives it, to recognise a recycled pid. */
  pid?: number
  pidStartedAt?: string
  /** True from the moment a process is about to be started until its end was stored. */
  live: boolean
  /** Claude said something: the session exists and can be resumed. */
  heard: boolean
  startedAt: number
  endedAt?: number
  outcome?: OutcomeKind
  costUsd: number
  turns: number
  /** What its live process may spend of the budgets that it shares with other lanes. */
  givenUsd?: number
  /** Readable log and raw stream, absolute paths. */
  logFile: string
  rawFile: string
  checkpointBefore?: string
  checkpointAfter?: string
  /** What git was like before the attempt, to notice commits made anyway and refs that moved. */
  headBefore?: string
}

/** How a process of an attempt ended. */
export type OutcomeKind =
  | 'done'
  | 'failed' // Claude's own error result, or a Run command's exit code
  | 'max-turns'
  | 'budget'
  | 'limit' // usage limit, with resetsAt
  | 'overloaded' // 529, 5xx, network
  | 'credentials' // not logged in, bad key, credit too low
  | 'timeout' // start, idle or total clock
  | 'over-memory' // it and what it started used more than a lane may
  | 'crashed' // a signal or an exit code without result
  | 'no-result' // exit 0 without a result
  | 'empty' // a result, but no text and no call before it
  | 'interrupted' // by us: pause, stop, skip, shutdown
  | 'parked' // ended while an ask is open
  | 'deferred' // ended by a deferred call

/** A window of time with a limit on how much a subscription allows. */
export interface PlanWindow {
  /** `five_hour`, `seven_day` … */
  type: string
  /** 0 to 1, or above where more was used than allowed. */
  used: number
  resetsAt: number
}

export interface Outcome {
  kind: OutcomeKind
  /** What happened and what to do, for people. */
  text: string
  /** Of a step that deploys: no deployment of it was started, so there is nothing to resume. */
  isUnbegun?: true
  /** Claude's closing words. */
  result?: string
  /** Of the whole session so far, as Claude counts; USD. */
  sessionCostUsd?: number
  /** Of the whole attempt so far. */
  turns?: number
  /** For `limit`: when it resets. */
  resetsAt?: number
  limitType?: string
  /** How far the subscription is used, where Claude reported it. */
  plan?: PlanWindow[]
  exitCode?: number
  signal?: string
  /** The session does not exist, already exists, or holds no deferred call: continue it in another way. */
  session?: 'missing' | 'taken' | 'not-deferred'
  /** It could not even start, and no task of the run can until a person has fixed that. */
  concerns?: 'run'
}
