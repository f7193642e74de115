import { isTrouble } from './errors.ts'
import type { GitHubState } from './state.ts'

/** A write, and how to see whether it was done already. */
export interface Write<T> {
  /** What the write would have made, where it is there. */
  look: () => Promise<T | undefined>
  act: () => Promise<T>
}

/**
 * Does a write once for its key, whatever happens in between: a kill, an answer that is lost, another try. What was started and
 * never answered is looked for before anything is sent again. The result must survive JSON.
 */
export async function once<T>({ writes }: Pick<GitHubState, 'writes'>, key: string, write: Write<T>): Promise<T> {
  const known = writes.get(key)
  if (known?.done) return known.result as T
  if (known) {
    const found = await write.look()
    if (found !== undefined) {
      writes.done(key, found)
      return found
    }
  } else writes.begin(key)
  try {
    const made = await write.act()
    writes.done(key, made)
    return made
  } catch (error) {
    // Whatever was answered was not done; only silence leaves a doubt.
    if (isTrouble(error) && error.kind !== 'lost') writes.forget(key)
    throw error
  }
}
