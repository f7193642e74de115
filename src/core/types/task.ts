import type { Actor } from './actor.ts'
import type { OutcomeKind } from './attempt.ts'
import type { CheckResult, Proof } from './proof.ts'
import type { BuiltArtifact, Release } from './release.ts'
import type { TaskSpec } from './task-spec.ts'

/** As shown to people and programs. */
export type TaskStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'verifying'
  | 'merging'
  | 'taken_over'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'blocked'
  | 'undone'

/**
 * Where a task stands. `queued` waits for its turn; `approval`, `review` and `failure` have an open ask; `ready` may be
 * taken up; `working` has an attempt, live or suspended; `verifying` runs its checks; `undoing` gives back the state
 * before it; `merging` brings its branch onto the integration branch; `marking` writes "done" into the file; `taken_over`
 * is in the hands of a person; the rest are ends.
 */
export type TaskPhase =
  | 'queued'
  | 'approval'
  | 'ready'
  | 'working'
  | 'verifying'
  | 'review'
  | 'failure'
  | 'undoing'
  | 'merging'
  | 'marking'
  | 'taken_over'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'blocked'
  | 'undone'

/** Why and how the next process of an attempt continues; present while the task must be worked on again. */
export interface Continuation {
  reason:
    | 'fresh' // a new session, from the beginning
    | 'interrupted'
    | 'paused'
    | 'answer'
    | 'limit'
    | 'overload'
    | 'credentials'
    | 'budget'
    | 'retry' // after a failure; `words` is the failure's text
    | 'sent-back' // by a review or the judge; `words` say what to change
    | 'returned' // by the merge line; `words` say what conflicts
    | 'handed-back' // by a person who had taken it over; `words` are theirs
    | 'first-check' // its checks ran before Claude, and fail; `words` is what they print
  words?: string
  /** For `answer` and `retry`: the asks whose answers Claude does not have yet. */
  askIds?: string[]
}

export interface Task {
  id: string
  runId: string
  number: number
  position: number
  dependsOn: number[]
  spec: TaskSpec
  phase: TaskPhase
  /** Set while something must continue (or be resumed) in `working`. */
  continuation?: Continuation
  /** The live or latest attempt. */
  attemptId?: string
  /** Attempts begun so far. */
  attempts: number
  /** Failures that counted against `retries`. */
  failures: number
  /** The checks before anybody worked on it (`Verify First`): still to run, running, or how they ended. */
  firstCheck?: 'due' | 'running' | 'passed' | 'failed'
  approvedBy?: Actor
  startedAt?: number
  endedAt?: number
  costUsd: number
  turns: number
  /** Claude's closing words, or the text of the failure, or why it was skipped, blocked or undone. */
  result?: string
  /** Claude's closing words, where its checks failed and `result` says how. */
  lastWords?: string
  outcome?: OutcomeKind
  /** Ended by a person's skip after a failure, or blocked: counts as a failure of the run. */
  byFailure?: boolean
  /** Numbers of the tasks that block this one. */
  blockedBy?: number[]
  /** It takes another task of its run out of the branch, or brings it back (`again`); done when it has landed. */
  undoes?: { taskId: string; again: boolean; by: Actor }
  /** Its changes are undone: since when, and what it was until then, in case it is brought back. */
  undone?: { at: number; by: Actor; phase: TaskPhase; result?: string }
  /** Messages not yet handed to Claude. */
  say?: string[]
  /** Ceiling that a person raised for this task, in USD. */
  budgetUsd?: number
  budgetWarned?: boolean
  /** Times the review or the judge sent it back. */
  sentBack?: number
  proof?: Proof
  /** The lane it is worked on in, from 1; absent while it waits for its turn or for a person. */
  lane?: number
  /** A person has its session. */
  takenOver?: TakenOver
  /** Where it is worked on, while that is not the project's own folder: absolute path of its worktree. */
  worktree?: string
  /** The branch of its own that its work is on. */
  branch?: string
  /** The user's own commands around it: those before have run; those after must run, now that it has ended. */
  hooks?: 'begun' | 'due'
  /** Of a step that deploys: what it is about to do, once that is known. */
  release?: Release
  /** The facts that somebody approved. */
  approvedFacts?: string
  /** What it built, for the steps after it. */
  artifacts?: BuiltArtifact[]
  /** How it came onto the integration branch; `followed`: the user's own branch holds it, too. */
  landed?: { at: number; commit?: string; checks?: CheckResult[]; followed?: boolean }
  /** When it came into the merge line last; who waits longest lands first. */
  mergingSince?: number
  /** Times the merge line gave it back. */
  returns?: number
  /** Where a person is asked about a conflict: both sides of it. */
  hunks?: string
  /** Times a later task was taken up in its place, because its files overlap those of a running task. */
  passedOver?: number
  /** The time written into the task file; decided before writing so that a repeated write is the same. */
  markedAt?: number
}

/** When the user's own commands run around a task. */
export type HookTime = 'before' | 'after'

/** Who has the session of a task, and where. */
export interface TakenOver {
  by: Actor
  at: number
  /** The process that the person works in; the task is handed back when it ends. Absent: only by a command. */
  window?: { pid: number; startedAt: string }
  /** They give it back; `done`: with the work finished, so that only its checks are left. */
  release?: { by: Actor; done: boolean; words?: string }
}
