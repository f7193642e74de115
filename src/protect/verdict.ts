import type { Own } from './own-files.ts'

/** A call that is not made, or not without a person. */
export interface Verdict {
  do: 'deny' | 'ask'
  /** For the agent and for people. */
  why: string
}

/** What an agent never sees. */
export const secret = ({ what }: Own): Verdict => ({
  do: 'deny',
  why: `This would touch ${what}, which no task reads or changes. Continue without it.`,
})

/** What an agent never changes. */
export const fixed = ({ what }: Own): Verdict => ({
  do: 'deny',
  why: `This would change ${what}, which no task changes. Continue without it.`,
})

/** What an agent changes only after a yes. */
export const asked = ({ what }: Own): Verdict => ({ do: 'ask', why: `This may change ${what}.` })
