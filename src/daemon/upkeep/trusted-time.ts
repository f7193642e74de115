const HOUR_MS = 3_600_000

/** A machine that was off for long catches up within days; a clock that is wrong by months does not delete at once. */
const MOST_AN_HOUR_MS = 26 * HOUR_MS

/**
 * The time by which things may be deleted for their age: the clock, but never much ahead of what was trusted before, so that
 * a clock that jumps by weeks has taken nothing away when somebody puts it right. To be asked once an hour; epoch ms.
 */
export function trustedTime(before: number | undefined, now: number): number {
  return before === undefined ? now : Math.min(now, Math.max(before, 0) + MOST_AN_HOUR_MS)
}
