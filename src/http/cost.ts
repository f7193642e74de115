import type { Views } from '../daemon/api/views.ts'
import { localDay } from '../text/times.ts'

/** What the runs of one local day cost and came to. */
export interface CostOfDay {
  /** `YYYY-MM-DD`, local. */
  date: string
  cost_usd: number
  runs: number
  done: number
  failed: number
}

/** An hour more than any change of the clocks. */
const SLACK_MS = 3 * 3_600_000

/**
 * The last days up to `now`, oldest first; a run counts on the day it began, a task on each day on which it ended and there
 * once, as what it came to last. Days without anything are there, too.
 */
export function costByDay(view: Pick<Views, 'runCosts' | 'endedTasks'>, days: number, now: number): CostOfDay[] {
  const byDate = new Map<string, CostOfDay>()
  for (let back = days - 1; back >= 0; back--) {
    const day = new Date(now)
    day.setHours(12, 0, 0, 0)
    // By the calendar and not by 24 hours: some days have 23 or 25.
    day.setDate(day.getDate() - back)
    const date = localDay(day.getTime())
    byDate.set(date, { date, cost_usd: 0, runs: 0, done: 0, failed: 0 })
  }
  const since = now - days * 86_400_000 - SLACK_MS
  for (const { createdAt, startedAt = createdAt, costUsd } of view.runCosts(since)) {
    const day = byDate.get(localDay(startedAt))
    if (!day) continue
    day.cost_usd += costUsd
    day.runs += 1
  }
  const last = new Map<string, { date: string; phase: string }>()
  for (const { at, phase, identity } of view.endedTasks({ from: since, to: now + SLACK_MS })) {
    const date = localDay(at)
    last.set(`${date} ${identity}`, { date, phase })
  }
  for (const { date, phase } of last.values()) {
    const day = byDate.get(date)
    if (day && phase === 'done') day.done += 1
    if (day && phase === 'failed') day.failed += 1
  }
  return [...byDate.values()]
}

/** The same days of several machines as one; what only others have, for another time zone, is left out. */
export function addDays([own = [], ...others]: readonly (readonly CostOfDay[])[]): CostOfDay[] {
  const found = new Map(own.map((day) => [day.date, { ...day }]))
  for (const { date, cost_usd, runs, done, failed } of others.flat()) {
    const day = found.get(date)
    if (!day) continue
    day.cost_usd += cost_usd
    day.runs += runs
    day.done += done
    day.failed += failed
  }
  return [...found.values()]
}
