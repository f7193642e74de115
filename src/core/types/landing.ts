import type { CheckResult, Finding } from './proof.ts'
import type { BuiltArtifact } from './release.ts'

/** Why a task that has landed does not come out of its branch by itself, or not back in (`again`). */
export interface UndoConflict {
  again: boolean
  /** For people: what changed the same lines. */
  words: string
  /** Both sides of the lines. */
  hunks: string
  /** Numbers of the later tasks that it comes out together with, the last one first; empty where it does not even then. */
  also: number[]
  /** What Claude gets if it is to solve this. */
  instruction: string
}

/** What became of an attempt to bring a task onto the integration branch. */
export type Landing =
  | {
      kind: 'landed'
      commit?: string
      checks?: CheckResult[]
      notes?: string[]
      /** What its receipt is to say beside what was found while it was worked on. */
      findings?: Finding[]
      followed?: boolean
      artifacts?: BuiltArtifact[]
    }
  /** Its work went somewhere that this run does not continue from: `words` say where, and what happens next. */
  | { kind: 'aside'; words: string }
  /**
   * Back to the task's own session: `words` say what to fix, in a tree that holds what landed meanwhile. `hunks`: both sides of
   * a conflict, for people.
   */
  | { kind: 'returned'; why: 'conflict' | 'red'; words: string; hunks?: string }
  /** Not the task's fault: landing pauses, and a person is asked. */
  | { kind: 'blocked'; words: string }
