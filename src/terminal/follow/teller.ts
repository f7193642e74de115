import type { BatonEvent } from '../../core/types.ts'

/** Tells what happens, in one of the ways of a terminal: live, in lines, as JSON. */
export interface Teller {
  event: (event: BatonEvent) => void
  /** A remark for people that is no event. */
  note: (text: string) => void
  /** Gives the terminal back; nothing is told after it. */
  close: () => void
}
