/** Wrong credentials in a row that are answered at the usual speed, and how fast that comes back. */
const BURST = 50
const REFILL_MS = 1_000
const TELL_MS = 60_000

/** Counts wrong credentials, of everybody together: the address of a peer can be chosen, so it proves nothing. */
export interface Attempts {
  /** Notes a failure; seconds to wait when there were too many, undefined while there were not. */
  fail: () => number | undefined
}

/**
 * A bucket of failures. It is asked only after credentials were found wrong, so guessing never locks out who has the
 * right ones. `tell` hears of it once a minute at most.
 */
export function createAttempts(now: () => number, tell: (failures: number) => void): Attempts {
  let left = BURST
  let filledAt = now()
  let failures = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    fail() {
      const at = now()
      left = Math.min(BURST, left + Math.max(0, at - filledAt) / REFILL_MS)
      filledAt = at
      failures++
      if (left >= 1) {
        left -= 1
        return undefined
      }
      if (Math.abs(at - toldAt) >= TELL_MS) {
        tell(failures)
        toldAt = at
        failures = 0
      }
      return Math.ceil(((1 - left) * REFILL_MS) / 1_000)
    },
  }
}
