import type { Actor } from '../core/types.ts'

/** A list of tasks that Claude writes from somebody's words, until it is started or dropped. */
export interface OpenPlan {
  id: string
  project: string
  /** What should be done, in the words of whoever asked. */
  words: string
  /** The note that it is made from, as it was then; the file is seen from home. */
  note?: { file: string; text: string }
  by: Actor
  /** What it was asked for under. */
  key?: string
  /** When it was asked for, epoch milliseconds. */
  at: number
  /** `writing`: Claude is at it; `ready`: it can be started or changed; `failed`: there is no text, `error` says why. */
  state: 'writing' | 'ready' | 'failed' | 'starting'
  /** Counts the versions; what was shown as one version is not started as another. */
  version: number
  /** What was to be different and is so in the text. */
  changes: string[]
  /** What should be different in the next version. */
  pending: string[]
  /** Where it is going to stand, seen from home. */
  name?: string
  /** The task file. */
  text?: string
  /** Why it cannot be run as it is: lines for people. Empty: it can. */
  problems: string[]
  error?: string
  /** Who started it; it is being started. */
  startedBy?: Actor
}
