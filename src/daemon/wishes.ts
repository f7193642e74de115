import type { Act, Reply } from '../core/inputs.ts'
import type { Actor } from '../core/types.ts'

/**
 * What surfaces put into the inbox: the acts of the core, and those that need files read or written first. Plain data, as
 * it may come from another process.
 */
export type Wish =
  | Exclude<Act, { type: 'start' }>
  | {
      type: 'start'
      /** Paths or globs relative to Baton's home; absent: the configured task files. */
      files?: string[]
      /** A task file given as text instead, as programs do. */
      inline?: { name: string; text: string }
      autoApprove?: boolean
      only?: number[]
      all?: boolean
      /** Stops what is open first, as a new run from the terminal does. */
      supersede?: boolean
      /** Id the run is to get, so that who asks can name it. */
      runId?: string
    }
  | { type: 'add'; text: string; file?: string }
  | { type: 'undo'; task: number; runId?: string; confirm?: string; overwrite?: string[] }

/** A wish with who has it. */
export interface Wished {
  wish: Wish
  by: Actor
}

/** Turns a wish into an act by reading what it names, or answers it at once. `id` is its place in the inbox. */
export type Prepare = (wished: Wished, id: number) => Promise<{ act: Act } | { reply: Reply }>
