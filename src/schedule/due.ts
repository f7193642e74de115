import type { Occurrences } from './occurrences.ts'
import { hasStarted, type Passed, withStart } from './passed.ts'

/** Timers come late and programs are restarted: within this time a start is on time, whatever `catch_up` says. */
export const ON_TIME_MS = 60_000

export interface Looked {
  /** To be stored; the same object when nothing changed. */
  passed: Passed
  /** The occurrence that starts now. */
  due?: number
  /** The latest that did not start, and comes too late to be made up for. */
  missed?: number
}

/**
 * What one entry has to do at `now`. Of everything that was missed only the latest occurrence is made up for, and only
 * when it is no later than `catchUpMs`. A clock that goes back makes nothing due: what lies before it is over, and what
 * started stays started.
 */
export function look(passed: Passed, occurrences: Occurrences, now: number, catchUpMs: number): Looked {
  if (now < passed.until) return { passed: { ...passed, until: now } }
  const at = occurrences.latest(now)
  if (at === undefined || at <= passed.until) return { passed }
  const tooLate = now - at > Math.max(ON_TIME_MS, catchUpMs)
  if (hasStarted(passed, at)) return { passed: { ...passed, until: at } }
  if (tooLate) return { passed: { ...passed, until: at }, missed: at }
  return { passed: withStart(passed, at, occurrences.next), due: at }
}

/** The first occurrence after `now` that is still to start. */
export function nextDue(passed: Passed, occurrences: Occurrences, now: number): number | undefined {
  let at = occurrences.next(now)
  while (at !== undefined && hasStarted(passed, at)) {
    const row = passed.started.find(([from, to]) => at !== undefined && from <= at && at <= to)
    at = row && occurrences.next(row[1])
  }
  return at
}
