import type { Actor } from './actor.ts'

/** Why a queue waits until a certain time without a person. */
export interface Hold {
  why: 'limit' | 'overload' | 'disk' | 'budget' | 'kept'
  until: number
  since: number
  /** The project of the same login that met it. */
  from?: string
  /** For people: "session limit (five_hour)". */
  text: string
}

/** An undo that a person decided on and that is yet to be done: a task, and the later ones that come out with it, by their ids. */
export interface DecidedUndo {
  runId: string
  taskId: string
  also: string[]
  by: Actor
}

/** One queue (one project): its tasks are worked on in as many lanes as it has. */
export interface Queue {
  name: string
  paused?: { mode: 'now' | 'after-task'; by: Actor; at: number }
  hold?: Hold
  /** A person gave up the share of the subscription that is kept, until then. */
  keepsNothingUntil?: number
  /**
   * A hold is over: one task finds out whether Claude answers again, before the other lanes start. `waits`: it may not
   * yet, another project of the same login does.
   */
  trial?: { taskId?: string; waits?: boolean }
  /** Oldest first. */
  undoing?: DecidedUndo[]
  /** Consecutive overloads, for the backoff. */
  overloads: number
  /** Money spent on a local day, `YYYY-MM-DD`. */
  day: { date: string; costUsd: number; budgetUsd?: number; warned?: boolean }
}
