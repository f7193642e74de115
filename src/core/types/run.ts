import type { Actor } from './actor.ts'

/** As shown. `running`, `waiting`, `paused` and `queued` are derived for an open run (see views). */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'paused' | 'done' | 'failed' | 'stopped'

export interface Run {
  id: string
  /** Name of the queue (the project) it belongs to. */
  queue: string
  /** Order among the runs of a queue. */
  seq: number
  /** `open`: tasks may still be worked on. The others are ends; only `stopped` can be opened again. */
  state: 'open' | 'done' | 'failed' | 'stopped'
  files: string[]
  /** How people know these where they are copies that Baton keeps. */
  shownAs?: string[]
  autoApprove: boolean
  /** How many of its tasks may be worked on at once, where it was started with a number of its own. */
  lanes?: number
  startedBy: Actor
  createdAt: number
  /** When the first task was taken up. */
  startedAt?: number
  endedAt?: number
  /** Why it was stopped, in words. */
  reason?: string
  costUsd: number
  /** Ceiling that a person raised for this run, in USD; absent: the configured one. */
  budgetUsd?: number
  /** The warning at 80 % was given. */
  budgetWarned?: boolean
  /** For this run, the result was accepted as a whole. */
  accepted?: Actor
  /** Of a pipeline: what started it. */
  push?: PushedCommit
  /** Of a run that another machine offered: this machine's right to work on it. */
  lease?: RunLease
}

/**
 * The right to work on an offered run. `held`: it is renewed; `waits`: nobody can say, so nothing of the run happens;
 * `parked`: given back while a person is asked; `lost`: another machine has it; `over`: its end was reported.
 * `asked`: another machine has begun it and is gone, and a person is asked whether it is started again here; `wanted`: they said yes; `refused`: no.
 */
export interface RunLease {
  /** The offered run, as all machines know it. */
  offer: string
  /** Counts up each time that a machine takes the run: what an earlier one still says of it is void. */
  fence: number
  state: 'held' | 'waits' | 'parked' | 'asked' | 'wanted' | 'refused' | 'lost' | 'over'
  /** What machines that had it before have pushed of it: the work here starts from there. */
  before?: WorkBefore
}

/** What other machines have pushed of a run. */
export interface WorkBefore {
  branch: string
  /** What that was at. */
  commit: string
  /** Numbers of the tasks that are on it. */
  done: readonly number[]
}

/** The right to an offered run as it is taken; `gone`: another machine has begun it, and a person is to decide first. */
export interface TakenLease extends Pick<RunLease, 'offer' | 'fence' | 'before'> {
  gone?: GoneMachine
}

/** A machine that has begun a run and is gone, and the one that may begin it again. */
export interface GoneMachine {
  machine: string
  /** When it was last heard of, in words. */
  since: string
  here: string
}

/** A commit that came to a branch, and what is wanted of it. */
export interface PushedCommit {
  /** The pipeline: its file as shown to people; empty for a rollback. */
  file: string
  branch: string
  sha: string
  /** Where the branch was before, as far as that is known. */
  before?: string
  /** `push`: it came; `asked`: somebody wants it deployed; `rollback`: somebody wants this release back. */
  how: 'push' | 'asked' | 'rollback'
  /** Of `asked` and `rollback`. */
  environment?: string
  /** Who pushed or asked; somebody of Baton's own surface where that is not known for certain. */
  by: Actor
  /** Why it may begin in a freeze. */
  breakGlass?: string
  /** What a rollback goes back to, as the platform calls it. */
  release?: string
}
