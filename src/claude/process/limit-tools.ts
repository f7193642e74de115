import { ownCeiling } from './brand.ts'
import { scopeWords } from './scope.ts'

/** Which limits of a task can be kept on this machine, for a Claude with this environment. */
export interface LimitTools {
  /** The kernel holds all of a task together to its memory and its processors. */
  isScoped: boolean
  /** Each process of a task is held to its memory. */
  isPerProcess: boolean
  /** The memory of all of a task is added up again and again. */
  isWatched: boolean
}

/** Finds out; starts a process. */
export function limitTools(env: Readonly<Record<string, string | undefined>>): LimitTools {
  const isPerProcess = ownCeiling() !== undefined
  return { isScoped: scopeWords(env) !== undefined, isPerProcess, isWatched: process.platform === 'linux' }
}
