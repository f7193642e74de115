import type { ScheduledStart } from '../config/types.ts'
import { sha256 } from '../text/sha256.ts'
import { type Occurrences, occurrencesOf } from './occurrences.ts'

/** An entry of the schedule, ready to be looked at. */
export interface Entry extends ScheduledStart {
  /** Stays the same over restarts and reordering; a changed time or file makes it another entry. */
  id: string
  occurrences: Occurrences
}

/** Gives each entry its identity. Equal ones are numbered. Throws on a wrong pattern; the configuration was checked for that. */
export function scheduleEntries(schedule: readonly ScheduledStart[]): Entry[] {
  const seen = new Map<string, number>()
  return schedule.map((start) => {
    const { cron, files, project, timezone } = start
    const digest = sha256(JSON.stringify([cron, files, project, timezone])).slice(0, 12)
    const count = (seen.get(digest) ?? 0) + 1
    seen.set(digest, count)
    return { ...start, id: count === 1 ? digest : `${digest}-${count}`, occurrences: occurrencesOf(cron, timezone) }
  })
}
