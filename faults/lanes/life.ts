/** What one life of the worktrees is given. */
export interface LaneLife {
  repository: string
  /** Where worktrees are made. */
  dir: string
  stateDir: string
  /** What the witness saw, a line each; outlives the life. */
  journal: string
  tasks: LaneTask[]
  /** So many free worktrees stay. */
  keep: number
  /** The call of git at which it is killed, and how. */
  kill?: { nth: number; how: KillHow }
}

/** What becomes of a task: it lands, is given up, or has its worktree kept by an open question. */
export type Fate = 'land' | 'give-up' | 'wait'

export interface LaneTask {
  number: number
  fate: Fate
}

/**
 * Before git is started; in the middle of it, with it or while it continues alone; once it is over and nobody knows yet.
 */
export type KillHow = 'before' | 'together' | 'alone' | 'after'

export const BRANCH_OF_RUN = 'baton/run/merged'
export const branchOf = (number: number): string => `baton/run/${number}-task-${number}`

/** The files of a task: written by its first attempt, by its last one, and after that one's checkpoint. */
export const FILES = ['first', 'second', 'late'] as const
export const fileOf = (number: number, which: (typeof FILES)[number]): string => `${which}-${number}.txt`
export const contentOf = (number: number, which: string): string => `${which} of task ${number}\n`
