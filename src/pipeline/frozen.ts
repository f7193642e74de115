import { Cron } from 'croner'

/** Until when a freeze of the configuration lasts that is on now; undefined: none is. */
export function frozenUntil(
  freezes: readonly { cron: string; forMs: number }[],
  now: number,
  timezone: string | undefined,
): number | undefined {
  const ends = freezes.flatMap(({ cron, forMs }) => {
    const times = new Cron(cron, { paused: true, ...(timezone !== undefined && { timezone }) })
    // The first beginning after the longest time ago at which one could still be on; there may be later ones.
    let begins = times.nextRun(new Date(now - forMs - 1))?.getTime()
    let end: number | undefined
    for (let i = 0; begins !== undefined && begins <= now && i < MOST_BEGINNINGS; i++) {
      if (begins + forMs > now) end = begins + forMs
      begins = times.nextRun(new Date(begins))?.getTime()
    }
    return end ?? []
  })
  return ends.length > 0 ? Math.max(...ends) : undefined
}

/** Within one freeze: a pattern that begins every minute is on all the time anyway. */
const MOST_BEGINNINGS = 10_000
