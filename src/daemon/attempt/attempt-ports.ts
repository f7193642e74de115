import type { StreamMessage } from '../../claude/stream/messages.ts'
import type {
  ClaudeAsk,
  ClaudeHandlers,
  ClaudeProcess,
  ClaudeStart,
  EndedProcess,
  WarmClaude,
} from '../../claude/types.ts'
import type { ClaudeRequest } from '../../core/inputs.ts'
import type { Finding, Outcome, Task } from '../../core/types.ts'
import type { Acted, Evidence, OpenWorkspace } from '../../workspace/workspace.ts'
import type { PassCrashPoint } from '../crash-points.ts'
import type { Dispatcher } from '../queue/dispatcher.ts'
import type { ActivityFeed } from './activity-feed.ts'
import type { AttemptPlan } from './plan-attempt.ts'
import type { TaskLog } from './task-log.ts'
import type { WarmStart } from './warm-start.ts'
import type { OwnWatch, WatchOwnFiles } from './watch-own-files.ts'

/** Everything that working on a task needs from outside. */
export interface AttemptPorts {
  dispatcher: Dispatcher
  feed: ActivityFeed
  now: () => number
  newId: () => string
  newUuid: () => string
  /** Opens the folder that a task works in; throws with a message for people when there can be none. */
  open: (task: Task) => Promise<OpenWorkspace>
  logsDir: string
  redact: (text: string) => string
  openLog: (files: { logFile: string; rawFile: string }) => TaskLog
  /** Program, arguments, environment, limits and prompt of the next process. */
  startOf: (task: Task, plan: AttemptPlan, own: Pick<OwnWatch, 'rules' | 'guard'>) => ClaudeStart
  startClaude: (start: ClaudeStart, handlers: ClaudeHandlers) => ClaudeProcess
  /** A process works on a run from now on; it is not stored yet. */
  spawned?: (runId: string, pid: number) => void
  /** The process that has the session open, if another one does. */
  sessionInUse: (sessionId: string) => Promise<number | undefined>
  /** Why the machine has no room for one more process; undefined: it has. */
  whyNoRoom: (isFirst: boolean) => string | undefined
  /** Starts the next task's Claude while this one is checked; absent: each is started when its turn comes. */
  warmStart?: WarmStart
  /** `before`: what earlier processes of the attempt took. */
  classify: (ended: EndedProcess, before: { turns: number; costUsd: number }) => Outcome
  describe: (ask: ClaudeAsk, task: Task, cwd: string) => ClaudeRequest
  /** Follows messages and says what Claude is doing. */
  follow: (cwd: string) => StreamFollower
  /** Looks at the project before and after: checkpoints, changed files, git facts, claims. */
  evidence: Evidence
  watchOwnFiles: WatchOwnFiles
  /** How long an ask holds the process, ms. */
  holdMs: () => number
  reached: PassCrashPoint
  isStopping: () => boolean
  onError: (error: unknown) => void
  /** Work of a Run task; the same life as a process of Claude. */
  runCommands: (task: Task, plan: AttemptPlan, log: TaskLog, isWanted: () => boolean) => Promise<Outcome>
}

/** Reads the stream of one process. */
export interface StreamFollower {
  take: (message: StreamMessage) => { activity?: string; log?: string[]; finishedToolUseIds: string[] }
  turns: () => number
  acted: () => Acted
}

/** A claimed attempt, and the look at the project that it begins with. */
export interface Claim {
  plan: AttemptPlan
  before: ReturnType<Evidence['before']> | undefined
  /** Absent for commands. */
  own?: OwnWatch
  /** Its process, where it was started ahead. */
  warm?: WarmClaude
}

/** How a process ended, and what it did. */
export interface FinishedProcess {
  outcome: Outcome
  acted: Acted | undefined
  /** What hindered it, and what it left behind. */
  findings?: Finding[]
}
