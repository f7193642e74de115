import type { BatonEvent } from '../../core/types.ts'

/** Shows what happens, in one of the ways of a terminal: live, in lines, as JSON. */
export interface RunReporter {
  event: (event: BatonEvent) => void
  /** A remark on the current state; the next one takes its place. */
  note: (text: string) => void
  /** A remark that stays. */
  say: (text: string) => void
  /** Gives the terminal back; nothing is shown after it. */
  close: () => void
}
