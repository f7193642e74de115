import type { RunView } from '../daemon/views.ts'

/** What the runs of one local day cost and came to. */
export interface CostOfDay {
  /** `YYYY-MM-DD`, local. */
  date: string
  cost_usd: number
  runs: number
  done: number
  failed: number
}

/** The last days up to `now`, oldest first; a run counts on the day it began. Days without one are there, too. */
export function costByDay(runs: readonly RunView[], days: number, now: number): CostOfDay[] {
  const byDate = new Map<string, CostOfDay>()
  for (let back = days - 1; back >= 0; back--) {
    const day = new Date(now)
    day.setHours(12, 0, 0, 0)
    // By the calendar and not by 24 hours: some days have 23 or 25.
    day.setDate(day.getDate() - back)
    const date = dateOf(day)
    byDate.set(date, { date, cost_usd: 0, runs: 0, done: 0, failed: 0 })
  }
  for (const run of runs) {
    const day = byDate.get(dateOf(new Date(run.startedAt ?? run.createdAt)))
    if (!day) continue
    day.cost_usd += run.costUsd
    day.runs += 1
    day.done += run.counts.done
    day.failed += run.counts.failed
  }
  return [...byDate.values()]
}

function dateOf(day: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}
