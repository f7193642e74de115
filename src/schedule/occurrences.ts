import { Cron } from 'croner'

/** The moments that a cron pattern names; epoch milliseconds. */
export interface Occurrences {
  /** The first one after `at`. */
  next: (at: number) => number | undefined
  /** The last one that is not after `at`. */
  latest: (at: number) => number | undefined
}

/**
 * Reads a cron pattern in a time zone (the machine's when absent). A fixed time that the clocks skip happens right after
 * the gap, and one that they repeat happens once; what repeats within an hour keeps its pace. Throws on a wrong
 * pattern.
 */
export function occurrencesOf(cron: string, timezone?: string): Occurrences {
  const job = new Cron(cron, {
    paused: true,
    fixedTimeRule: 'no-wildcard',
    ...(timezone !== undefined && { timezone }),
  })
  /** Two neighbours: the same gap is asked for every few seconds, for hours. */
  let gap: { latest: number | undefined; next: number | undefined } | undefined
  const around = (at: number) => {
    const { latest = Number.NEGATIVE_INFINITY, next = Number.POSITIVE_INFINITY } = gap ?? {}
    if (gap && latest <= at && at < next) return gap
    gap = {
      next: job.nextRun(new Date(at))?.getTime(),
      // The library looks strictly before its reference, in whole seconds.
      latest: job.previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000))[0]?.getTime(),
    }
    return gap
  }
  return { next: (at) => around(at).next, latest: (at) => around(at).latest }
}
