import type { Ask, Hold, Task } from '../core/types.ts'
import type { Live, RunView, StatusView, TaskView } from '../daemon/api/views.ts'
import type { Dialog } from './dialog.ts'

/** An ask with what belongs to its message. */
export interface AskView {
  ask: Ask
  /** The task as stored, with the user's own text; absent for asks about no single task. */
  task?: Task
  /** Tasks in the run. */
  total: number
  /** Question: how far the person in this chat got. */
  dialog?: Dialog
  /** Failure: the end of the attempt's log. */
  logTail?: string
  /** Review: what was done, and the whole patch. */
  result?: TaskView
  patch?: string
}

/** The message about the running task, edited silently. */
export interface ProgressView {
  /** The run that its buttons steer. */
  runId?: string
  task: TaskView
  total: number
  done: number
  live?: Live
  /** What the processes of other tasks do at the same time; `isAsked`: until a person has decided, nothing. */
  beside?: (Live & { isAsked: boolean })[]
  hold?: Hold
  paused?: StatusView['paused']
  /** What this task waits for a person to decide. */
  ask?: Ask
  /** Its run was stopped, and the task with it. */
  isStopped?: true
}

/** The answer to /status. */
export interface OverviewView {
  status: StatusView
  /** Tasks of the current run that come next, in order. */
  next: Pick<TaskView, 'number' | 'title'>[]
  dayBudgetUsd?: number
  /** The next start by the schedule. */
  nextStart?: { at: number; files: string[] }
}

export interface TaskListView {
  run: RunView
  tasks: TaskView[]
  /** 0-based. */
  page: number
  /** Tasks with an open ask; whatever else waits is paused or held. */
  asked: string[]
}

export interface ReceiptView {
  task: TaskView
  total: number
}

export interface RunEndView {
  run: RunView
  tasks: TaskView[]
  /** Everything that was asked in it. */
  asks?: Ask[]
  /** The whole report, as Markdown. */
  report?: string
}

export interface CostView {
  todayUsd: number
  dayBudgetUsd?: number
  run?: RunView
  runBudgetUsd?: number
  /** Tasks of the run that cost anything. */
  tasks: TaskView[]
}

export interface LogView {
  task?: Pick<TaskView, 'id' | 'number' | 'title'>
  /** The last lines, oldest first. */
  lines: string[]
  /** The whole log, for the document. */
  whole?: string
  /** It is too long for a document, and that is its end. */
  isCut?: boolean
  /** When the log was last written to. */
  updatedAt?: number
}
