import type { CallVerdict, ToolCall } from '../core/tool-call.ts'
import type { PlanWindow, Question } from '../core/types.ts'
import type { ResultMessage, StreamMessage } from './stream/messages.ts'

/** How one process of Claude is started. Durations in milliseconds. */
export interface ClaudeStart {
  /** The program and its leading arguments: `['claude']`, `['node', 'bin/rehearsal.js']`. */
  command: string[]
  /** From `claudeArgs`. */
  args: string[]
  /** Where Claude works: absolute path. */
  cwd: string
  /** The whole environment, from `claudeEnvironment`. */
  env: Record<string, string>
  /** Marks the process and everything it starts, so that leftovers are found again after a kill of the daemon. */
  attemptId: string
  /** How far it yields to other processes, as a value of `nice`; absent: not at all. */
  nice?: number
  /** The prompt; absent: continue the session by its deferred call. */
  prompt?: string
  /** The prompt is held back until this settles: Claude's start-up and what must come before its work go side by side. */
  ready?: Promise<unknown>
  limits: ClaudeLimits
  /** Looks at every call of a tool before Claude's own rules do, in every mode; undefined leaves it to them. */
  guard?: (call: ToolCall) => CallVerdict | undefined
}

export interface ClaudeLimits {
  /** No output at all since the start. */
  startMs: number
  /** No output; does not run while an ask is open. */
  idleMs: number
  /** Working time; does not run while an ask is open. */
  totalMs: number
  /** From the final result to the exit. */
  exitMs: number
  /** What `end` gives to each of its steps: interrupt, then SIGTERM, then SIGKILL. */
  graceMs: number
  /** What Claude and everything it started may use together, in bytes; absent: no limit. */
  memoryBytes?: number
  /** How often it is added up; absent: now and then. */
  memoryLookMs?: number
  /** How many processors; absent: no limit. */
  cpus?: number
}

/** Why Baton ends a process. */
export type EndReason = 'pause' | 'stop' | 'skip' | 'shutdown' | 'park' | 'send-back'

/** Which clock ran out. */
export type Clock = 'start' | 'idle' | 'total' | 'exit'

/** Something that Claude waits for a person to decide. */
export type ClaudeAsk =
  | {
      kind: 'permission'
      requestId: string
      toolUseId: string
      tool: string
      input: unknown
      /** Claude's own words for what it would do. */
      description?: string
      suggestions?: unknown
      blockedPath?: string
      /** Why Claude's rules ask. */
      reason?: string
      /** The guard has it asked for, whatever the rules say. */
      guarded?: true
    }
  | {
      kind: 'question'
      requestId: string
      toolUseId: string
      tool: string
      input: unknown
      questions: Question[]
      /** `defer` can end the process and keep the question. */
      canDefer: boolean
    }

/** The answer to a permission, or a refusal of a question. */
export type PermissionDecision = { behavior: 'allow'; updatedInput?: unknown } | { behavior: 'deny'; message: string }

export interface ClaudeHandlers {
  /** `startedAt` is the system's own word for the start, to recognise a recycled pid. */
  onSpawn?: (pid: number, startedAt: string) => void
  /** Every line as it came; reading pauses while a promise is pending. */
  onRaw?: (line: Buffer) => void | Promise<void>
  /** Every line that Baton understands. */
  onMessage?: (message: StreamMessage) => void | Promise<void>
  onAsk: (ask: ClaudeAsk) => void
  /** The guard has decided about a call. */
  onGuarded?: (call: Pick<ToolCall, 'tool' | 'input'>, verdict: CallVerdict) => void
  /** Claude does not wait for it any more. */
  onAskWithdrawn?: (requestId: string) => void
}

/** A running Claude. What is written after its end is refused by `false`, never thrown. */
export interface ClaudeProcess {
  /** Settles once the process and everything it started is gone; never rejects. */
  finished: Promise<EndedProcess>
  /** Answers a permission, or refuses a question. False: it is not open (any more). */
  answer: (requestId: string, decision: PermissionDecision) => boolean
  /** `answers`: question text → label, labels joined by ", ", or any text. */
  answerQuestion: (requestId: string, answers: Record<string, string>) => boolean
  /** Keeps a question in the session and ends the process. */
  defer: (requestId: string) => boolean
  /** Steers: taken up after the running tool. False: too late, the final result is there. */
  say: (words: string) => boolean
  /** Stops the turn; the session can be continued. */
  interrupt: () => boolean
  /** Interrupt (or defer, or nothing, where an ask is open), then SIGTERM, then SIGKILL of the whole process tree. */
  end: (reason: EndReason) => Promise<EndedProcess>
}

/** A Claude that was started ahead of its turn and has no prompt yet: it asks the API nothing and waits. */
export interface WarmClaude {
  /** Sends it the prompt and follows it from now on; `start` is the one that it was started with, and its prompt. */
  begin: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  /** Ends it, unused; settles when it is gone. */
  discard: () => Promise<void>
  hasExited: () => boolean
}

/** What made Baton end a process: a person, a clock, or its memory. */
export type EndCause = Pick<EndedProcess, 'reason' | 'clock' | 'overMemoryBytes'>

/** A process that was still there after the end of Claude. */
export interface Leftover {
  pid: number
  command: string
}

/** Everything that is known about a process that ended: the facts for `classifyOutcome`. */
export interface EndedProcess {
  pid?: number
  exitCode?: number
  signal?: string
  /** The program could not be started. */
  spawnError?: { code: string; message: string }
  /** The result that counts. */
  result?: ResultMessage
  /** The result answered everything that was said to Claude. */
  complete: boolean
  reason?: EndReason
  clock?: Clock
  /** It was ended because it used so much memory, in bytes. */
  overMemoryBytes?: number
  /** It was started without a prompt, to continue by its deferred call. */
  continuesDeferred: boolean
  /** Trouble with the API that no answer of the model has followed. */
  trouble?: Trouble
  /** Model turns of this process. */
  turns: number
  /** Claude, or one of its helpers, wrote a word or made a call. */
  acted: boolean
  sessionId?: string
  version?: string
  model?: string
  /** Request ids of the asks that were open at the end. */
  openAsks: string[]
  /** Words of `say` that Claude never took up. */
  unheard: string[]
  /** The last 64 KB. */
  stderr: string
  /** How far the subscription is used, as it was reported last. */
  plan: PlanWindow[]
  /** Oddities: dropped and unreadable lines, descendants that had to be killed. */
  notes: string[]
  /** Had to be killed after the exit. */
  leftovers: Leftover[]
  /** Could not be killed. */
  survivors: Leftover[]
  durationMs: number
}

export type Trouble =
  | { kind: 'limit'; resetsAtMs?: number; limitType?: string }
  | { kind: 'retry'; status?: number; error: string; attempt: number; maxRetries: number }
