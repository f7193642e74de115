import type { ResolvedCommand } from './commands/commands.ts'
import type { Deployment, DeploymentReport, KnownEnvironment } from './deploy/deployment.ts'
import type {
  Actor,
  Attempt,
  Hold,
  HookTime,
  Landing,
  Outcome,
  Proof,
  Question,
  Release,
  RunLease,
  UndoConflict,
} from './types.ts'

/** A request that Claude makes of a person while it works. */
export interface ClaudeRequest {
  kind: 'permission' | 'question'
  tool: string
  input: unknown
  useId?: string
  requestId?: string
  /** One line and the whole text to decide on, made by the claude room. */
  title: string
  text: string
  /** What Claude says of its call, and what Claude Code says of it. */
  description?: string
  remark?: string
  questions?: Question[]
  /** What "Allow for this task" would grant; absent when the call is too special for a rule. */
  rule?: string
  /** Rules of grants of this task that match the call, found by the claude room. */
  matchingRules?: string[]
}

/** Everything that can happen to a queue. */
export type Input =
  | { type: 'boot' }
  | { type: 'tick' }
  | { type: 'command'; command: ResolvedCommand; by: Actor }
  /** A process is about to be started for the task. */
  | {
      type: 'claimed'
      taskId: string
      attempt: Pick<Attempt, 'id' | 'sessionId' | 'cwd' | 'logFile' | 'rawFile'> & Partial<Attempt>
    }
  | { type: 'spawned'; attemptId: string; pid: number; pidStartedAt: string }
  /** Claude has taken the prompt; what was found out meanwhile is stored with it. */
  | {
      type: 'heard'
      attemptId: string
      found?: Pick<Attempt, 'pid' | 'pidStartedAt' | 'checkpointBefore' | 'headBefore'>
    }
  /** Claude has really answered, and not only with an error. */
  | { type: 'served'; attemptId: string }
  /** Another project of the same login met its usage limit. */
  | { type: 'held-elsewhere'; hold: Hold }
  /** After trouble with the login one task of all its projects goes first. */
  | { type: 'trial'; to: 'try' | 'wait' | 'over' }
  /** The task now has a folder of its own. */
  | { type: 'opened'; taskId: string; worktree: string; branch?: string }
  /** The user's commands before or after the task have run. */
  | { type: 'hooked'; taskId: string; when: HookTime }
  /** It no longer has one. */
  | { type: 'discarded'; taskId: string }
  /** A person gave the task back and nothing of their window is left; `found`: what is there now is no doing of Claude's. */
  | {
      type: 'handed-back'
      taskId: string
      proof?: Partial<Proof>
      found?: Pick<Attempt, 'headBefore' | 'checkpointAfter'>
    }
  | { type: 'landed'; taskId: string; landing: Landing }
  /** What the deployment of a task is about to do, as it is now. */
  | { type: 'release'; taskId: string; release: Release }
  /** The same commit was deployed there before: it is not deployed again for a push. */
  | { type: 'deployed-before'; taskId: string; deployment: Deployment }
  /** Another machine deployed there before: what it knew of these environments. */
  | { type: 'environments'; environments: readonly KnownEnvironment[] }
  /** A deployment is about to begin, if all that was approved still holds. */
  | { type: 'deploying'; taskId: string }
  | { type: 'deployment'; deploymentId: string; report: DeploymentReport }
  /** Messages that the process ended without reading. */
  | { type: 'unheard'; taskId: string; words: string[] }
  | { type: 'asked'; attemptId: string; request: ClaudeRequest }
  | { type: 'withdrawn'; askId: string; why: string }
  | { type: 'delivered'; askId: string }
  | { type: 'said'; taskId: string; count: number }
  /** The held process is ended while the ask stays open. */
  | { type: 'parked'; askId: string; how: 'deferred' | 'terminated' }
  /** The session cannot continue from its deferred call (or not at all: `fresh`). */
  | { type: 'continuation-lost'; attemptId: string; fresh: boolean }
  | { type: 'ended'; attemptId: string; outcome: Outcome; proof?: Partial<Proof>; checkpointAfter?: string }
  /** The checks of a task begin before anybody works on it. */
  | { type: 'checking'; taskId: string }
  | { type: 'checked'; taskId: string; ok: boolean; text: string; proof: Partial<Proof>; sendBack?: boolean }
  /** What became of the right to work on an offered run; `why` in words, where people should know. */
  /** `from`: only where it is this state that it leaves; a person may have decided meanwhile. */
  | { type: 'lease'; runId: string; lease: RunLease; why?: string; from?: RunLease['state'] }
  /** Claude was asked something that is no task's: a review. */
  | { type: 'spent'; usd: number }
  /**
   * The files are as they were before the task; `again`: an undo was taken back. `also`: ids of later tasks that were undone with it.
   * `text` says what was done, whole.
   */
  | { type: 'undone'; taskId: string; by: Actor; text: string; ok: boolean; again?: boolean; also?: string[] }
  /** A person wants a landed task undone, and that does not go by itself. */
  | { type: 'undo-conflict'; taskId: string; conflict: UndoConflict }
  /** The task is finished: noted in its file, committed where that is wanted. */
  | { type: 'marked'; taskId: string; problem?: string; commit?: string }

/** One kind of input. */
export type InputOf<T extends Input['type']> = Extract<Input, { type: T }>

/** The reply to a command; surfaces show `text`. */
export interface Reply {
  ok: boolean
  text: string
  /** Commands that the text names, exactly as they are in it: `/retry 3`. */
  commands?: readonly string[]
  code?:
    | 'idle'
    | 'unknown-ask'
    | 'closed'
    | 'changed'
    | 'ambiguous'
    | 'not-possible'
    | 'nothing-to-do'
    | 'key-reused'
    | 'not-allowed'
  data?: Record<string, unknown>
}

/** What a live process of Claude is sent. */
export type Verdict =
  | { do: 'wait'; askId: string }
  | { do: 'allow' }
  | { do: 'deny'; message: string }
  | { do: 'answer'; answers: Record<string, string> }
  /** Nothing: the process is about to be ended. */
  | { do: 'ending' }
