/** How a clock is off: by days, or because it stands shortly before a moment that programs stumble over. */
export type OddClock = 'plus-1-day' | 'plus-40-days' | 'new-year' | 'evening' | 'spring-forward' | 'fall-back'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** So short that what a test does before and after its first seconds lies on both sides. */
const BEFORE_MS = 3_000

/** What happens in a few minutes is tomorrow, and a test is over before that. */
const EVENING_MS = 10 * MINUTE_MS

/** What has to be added to the true time `now`; moments are those of this process's own time zone. */
export function shiftOf(clock: OddClock, now: number): number {
  switch (clock) {
    case 'plus-1-day':
      return DAY_MS
    case 'plus-40-days':
      return 40 * DAY_MS
    case 'new-year':
      return new Date(new Date(now).getFullYear() + 1, 0, 1).getTime() - BEFORE_MS - now
    case 'evening':
      return new Date(now).setHours(24, 0, 0, 0) - EVENING_MS - now
    case 'spring-forward':
      return nextChange(now, (before, after) => after > before) - BEFORE_MS - now
    case 'fall-back':
      return nextChange(now, (before, after) => after < before) - BEFORE_MS - now
  }
}

/** The next moment at which the local time jumps. */
function nextChange(now: number, isWanted: (beforeMs: number, afterMs: number) => boolean): number {
  const aheadMs = (at: number) => -new Date(at).getTimezoneOffset() * MINUTE_MS
  for (let day = now; day < now + 400 * DAY_MS; day += DAY_MS) {
    if (!isWanted(aheadMs(day), aheadMs(day + DAY_MS))) continue
    let [before, after] = [day, day + DAY_MS]
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (aheadMs(middle) === aheadMs(day)) before = middle
      else after = middle
    }
    return after
  }
  throw new Error(`${process.env.TZ ?? 'This time zone'} knows no such change of its clocks`)
}
