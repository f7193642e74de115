import type { CallVerdict } from '../core/tool-call.ts'
import type { Own } from './own-files.ts'

/** What an agent never sees. */
export const denySecret = ({ what }: Own): CallVerdict => ({
  do: 'deny',
  why: `This would touch ${what}, which no task reads or changes. Continue without it.`,
})

/** What an agent never changes. */
export const denyFixed = ({ what }: Own): CallVerdict => ({
  do: 'deny',
  why: `This would change ${what}, which no task changes. Continue without it.`,
})

/** What an agent changes only after a yes. */
export const askFirst = ({ what }: Own): CallVerdict => ({ do: 'ask', why: `This may change ${what}.` })
