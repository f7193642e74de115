import type { Attempt, Landing, Outcome, Proof, Task, UndoConflict } from '../core/types.ts'
import type { UndoPreview } from '../git/undo/undo.ts'

/**
 * Where the tasks of a project are worked on, and how their work comes to where the user wants it. Every workspace passes
 * `test/contracts/workspace.ts`.
 */
export interface Workspace extends Evidence {
  /** `in_place`: the project's own tree, one task at a time. `worktree`: a git worktree and a branch for each task. */
  readonly kind: 'in_place' | 'worktree'
  /** Repairs what a killed process left, before anything else is asked of it; gives lines for people. */
  recover: () => Promise<string[]>
  /** The task's folder, the same after a restart. Throws WorkspaceError: that fails this task only. */
  open: (task: Task, lane: number) => Promise<OpenWorkspace>
  /** Brings work whose own checks are green to where others start from. Killed at any instant, it can be asked again. */
  land: (task: Task, signal: AbortSignal) => Promise<Landing>
  /**
   * Notes that a task is done, and commits where that is wanted; never throws. `isFull` is called when the disk does not take
   * it, and settles when it should be tried again; false: not any more.
   */
  finish: (task: Task, isFull: (error: Error) => Promise<boolean>) => Promise<Finished>
  /** What `undo` would do now; words where it can do nothing, and what a person decides where later work is in its way. Changes nothing. */
  previewUndo: (task: Task) => Promise<UndoShown | { conflict: UndoConflict } | string>
  /**
   * Undoes a task, or takes its undo back. `agreed`: what a person saw and accepted. With `also`, the
   * last one first, it comes out together with later tasks, or not at all; killed at any instant, that can be asked again.
   */
  undo: (task: Task, agreed?: UndoAgreed, also?: readonly Task[]) => Promise<Undo>
  /** The task ended otherwise (skipped, failed, its run stopped): what it did stays to be looked at. */
  discard: (task: Task) => Promise<void>
}

/** Where a task is worked on. */
export interface OpenWorkspace {
  /** Absolute, and there. */
  folder: string
  /** The tree that it is in; absent: the project's own. */
  tree?: string
  /** What its processes find in their environment beside what they get anyway. */
  env: Record<string, string>
  /** The task's own branch. */
  branch?: string
}

/** Why a task cannot be worked on; words for people that say what to do. */
export class WorkspaceError extends Error {
  override name = 'WorkspaceError'
  /** No task of the run can be worked on before a person has mended this. */
  readonly concerns: 'task' | 'run'

  constructor(message: string, concerns: 'task' | 'run' = 'task') {
    super(message)
    this.concerns = concerns
  }
}

/** A finished task: what could not be done, what was committed; or that the end of this process came first. */
export type Finished = { problem?: string; commit?: string } | 'given up'

/** What an undo would do. */
export interface UndoShown {
  preview: UndoPreview
  /** The task is undone; this takes the undo back. */
  again: boolean
}

/** What a person saw of an undo, and which conflicting files may be lost. */
export interface UndoAgreed {
  seen: string
  overwrite: string[]
}

/** What an undo did. */
export interface Undo {
  ok: boolean
  text: string
  /** It took an undo back. */
  again: boolean
}

/** An attempt, as far as looking at its folder needs it. */
interface AttemptPlace {
  attempt: Pick<Attempt, 'id' | 'cwd'>
}

/** What is noted before an attempt and found after it. */
export interface Evidence {
  before: (task: Task, plan: AttemptPlace) => Promise<{ checkpointBefore?: string; headBefore?: string }>
  /** `acted`: what the agent did; absent when that is not known in full. */
  after: (
    task: Task,
    plan: AttemptPlace,
    outcome: Outcome,
    acted: Acted | undefined,
  ) => Promise<{ proof: Partial<Proof>; checkpointAfter?: string }>
}

/** What Claude did in a process, as far as its tool calls show. */
export interface Acted {
  /** Shell commands, as it wrote them. */
  commands: string[]
  /** Names of all tools it used. */
  tools: string[]
  /** Files that it wrote with tools for that, as it named them. */
  written: string[]
}
