import type { GitHub } from '../client.ts'
import { isSaid, say } from '../say.ts'
import type { GitHubState } from '../state.ts'
import * as words from './words.ts'

/** GitHub's checks seldom take longer; whoever asked for the merge looks elsewhere by then. */
const LONG_MS = 60 * 60_000

interface LongWaitPorts {
  github: GitHub
  state: GitHubState
  /** Epoch milliseconds. */
  now: () => number
  /** How long GitHub's checks are waited for, ms; 0: as long as it takes. */
  waitMs: number
  /** The comment that asks for it. */
  command: string
}

/** The merge, by what asked for it, and since when it waits for nothing but checks, epoch milliseconds. */
interface Waited {
  comment: number | string
  since?: number
}

/**
 * Tells of a merge that has waited long, once. The comment that it has is only edited, which GitHub tells nobody of, so that this
 * is one of its own; where the wait is over, it says so.
 */
export function createLongWait({ github, state, now, waitMs, command }: LongWaitPorts) {
  // Told before it is given up, there is still something to be done.
  const longMs = waitMs === 0 ? LONG_MS : Math.min(LONG_MS, waitMs / 2)
  const keyOf = ({ comment }: Waited) => `merge-waits:${comment}`
  const isTold = (number: number, merge: Waited) => isSaid(state, number, keyOf(merge))

  return {
    async tell(number: number, merge: Waited, names: readonly string[]): Promise<void> {
      const waitedMs = now() - (merge.since ?? now())
      if (waitedMs < longMs || isTold(number, merge)) return
      const body = words.callingIt(words.stillWaiting(names, longMs, waitMs), command)
      await say({ github, state }, { issue: number, key: keyOf(merge), body })
    },
    async settle(number: number, merge: Waited): Promise<void> {
      if (isTold(number, merge)) await say({ github, state }, { issue: number, key: keyOf(merge), body: words.SETTLED })
    },
  }
}
