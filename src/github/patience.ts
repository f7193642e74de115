import { setTimeout as sleep } from 'node:timers/promises'
import { GitError } from '../git/program.ts'
import { GitHubError, isPassing } from './errors.ts'

/** Passing trouble is waited for so often before a person is asked. */
const TRIES = 10
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

/** What git says of a server that does not answer, or not now. */
const AWAY =
  /could not resolve|could not connect|failed to connect|connection|timed out|early EOF|error: (?:429|5\d\d)/i

/**
 * Does something that may meet trouble which passes (limits, lost connections), again and again, no sooner than a limit allows.
 * Throws what does not pass, or still has not, and what came last where the signal ends it.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { now, signal }: { now: () => number; signal: AbortSignal },
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await work()
    } catch (error) {
      const passes = isPassing(error) || (error instanceof GitError && AWAY.test(error.stderr))
      if (!passes || tried >= TRIES) throw error
      const retryAt = error instanceof GitHubError ? (error.retryAt ?? 0) : 0
      const waitMs = Math.max(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried), retryAt - now())
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) throw error
    }
  }
}
