import { say } from '../say.ts'
import type { MergePorts, PullMerge } from './merges.ts'
import * as words from './words.ts'

/** GitHub's checks seldom take longer; whoever asked for the merge looks elsewhere by then. */
const LONG_MS = 60 * 60_000

/**
 * Tells of a merge that has waited long, once. The comment that it has is only edited, which GitHub tells nobody of, so that this
 * is one of its own; where the wait is over, it says so.
 */
export function createLongWait({
  github,
  state,
  now,
  waitMs,
  command,
}: Pick<MergePorts, 'github' | 'state' | 'now' | 'waitMs' | 'command'>) {
  // Told before it is given up, there is still something to be done.
  const longMs = waitMs === 0 ? LONG_MS : Math.min(LONG_MS, waitMs / 2)
  const keyOf = ({ comment }: PullMerge) => `merge-waits:${comment}`
  const isTold = (number: number, merge: PullMerge) => state.writes.get(`comment:${number}:${keyOf(merge)}`)?.done

  return {
    async tell(number: number, merge: PullMerge, names: readonly string[]): Promise<void> {
      const waitedMs = now() - (merge.since ?? now())
      if (waitedMs < longMs || isTold(number, merge)) return
      const body = words.callingIt(words.stillWaiting(names, longMs, waitMs), command)
      await say({ github, state }, { issue: number, key: keyOf(merge), body })
    },
    async settle(number: number, merge: PullMerge): Promise<void> {
      if (isTold(number, merge)) await say({ github, state }, { issue: number, key: keyOf(merge), body: words.SETTLED })
    },
  }
}
