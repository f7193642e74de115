import type { Actor } from './actor.ts'
import type { UndoConflict } from './landing.ts'
import type { Deciders } from './role.ts'

export type AskKind = 'approval' | 'permission' | 'question' | 'review' | 'failure'

/** What a button does. `pick` chooses an option of a question, the others are the contract's words. */
export type Choice =
  | 'approve'
  | 'reject'
  | 'allow'
  | 'allow-task'
  | 'deny'
  | 'answer'
  | 'retry'
  | 'skip'
  | 'stop'
  | 'accept'
  | 'send-back'
  | 'undo'

export interface Option {
  choice: Choice
  label: string
}

/** One question of AskUserQuestion. */
export interface Question {
  question: string
  header?: string
  options: { label: string; description?: string }[]
  multiSelect: boolean
}

export interface Ask {
  id: string
  queue: string
  runId: string
  taskId: string
  /** The task's number, as people call it. */
  task: number
  attemptId?: string
  kind: AskKind
  /** What an approval, review or failure is about when not the task itself. */
  about?:
    | 'run-budget'
    | 'day-budget'
    | 'task-budget'
    | 'credentials'
    | 'guard'
    | 'landing'
    | 'merge-line'
    | 'workspace'
    | 'deploy'
    | 'undo'
    | 'machine'
  /** One line: what is asked. */
  title: string
  /** Everything needed to decide, as plain text. Never cut: what is approved is shown whole. Of a permission the call alone. */
  text: string
  /** For permission: Claude's own words for the call, shown above it; they are not part of it. */
  description?: string
  /** For permission: what Claude Code says of the call, shown below it. */
  remark?: string
  /** For a failure: the part of the text that is lines of files. */
  hunks?: string
  options: Option[]
  /** About an undo that does not go by itself: what its choices need. */
  undo?: Pick<UndoConflict, 'again' | 'also' | 'instruction'>
  /** For kind question. */
  questions?: Question[]
  /** For kinds permission and question: the call exactly as Claude made it. */
  tool?: {
    name: string
    input: unknown
    useId?: string
    requestId?: string
    suggestions?: unknown
    blockedPath?: string
  }
  /** Who may decide it; absent: everybody who is listened to. */
  deciders?: Deciders
  /** Given so far, where several people must approve. */
  approvals?: Answer[]
  /** Of kind, title, text, description, remark, options, tool and deciders: what an answer is bound to. */
  hash: string
  state: 'open' | 'answered' | 'withdrawn'
  openedAt: number
  closedAt?: number
  answer?: Answer
  withdrawnBecause?: string
  /** How the process was ended while this is open; absent while it is held. */
  parked?: 'deferred' | 'terminated'
  /** For permission: the rule that "Allow for this task" grants, as people read it. */
  rule?: string
  /** Claude got the answer. */
  delivered?: boolean
  /** When the reminder was sent. */
  remindedAt?: number
  /** A person wants to be reminded of it then, and not before. */
  snoozed?: { until: number; by: Actor; at: number }
}

export interface Answer {
  choice: Choice
  /** Words: the reason of a rejection, a free answer, what to do differently. */
  text?: string
  /** For a question: question text → label(s) joined by ", " or any text. */
  answers?: Record<string, string>
  by: Actor
  at: number
  /** The ask's hash as shown to the person who answered. */
  hash: string
}

/** A permission given beyond one live request. */
export interface Grant {
  id: string
  taskId: string
  tool: string
  /** `once`: exactly this input, one time; `task`: the rule, for the rest of the task. */
  scope: 'once' | 'task'
  /** For once: hash of the tool's whole input. For task: the rule in words people can read, e.g. `Bash(npm test:*)`. */
  match: string
  by: Actor
  at: number
  askId?: string
  used?: boolean
}
