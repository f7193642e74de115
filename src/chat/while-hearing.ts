import { setTimeout as sleep } from 'node:timers/promises'

/** What hears a platform. */
export interface Connected {
  start: () => void
  stop: () => Promise<void>
  health: () => { ok: boolean; lastHeardAgeMs: number | null }
}

/** How soon a machine notices that it is the one that hears now, or no longer is. */
const LOOK_MS = 250
const REST_MS = 5_000

/**
 * Hears only while this machine is the one that does: each time with a connection of its own. `resting` is called every few
 * seconds in which another machine hears.
 */
export function whileHearing(mayHear: () => boolean, open: () => Connected, resting: () => void): Connected {
  const stopping = new AbortController()
  let current: Connected | undefined
  let running: Promise<void> | undefined
  const loop = async () => {
    let restedAt = Number.NEGATIVE_INFINITY
    while (!stopping.signal.aborted) {
      if (mayHear() && !current) {
        current = open()
        current.start()
      } else if (!mayHear() && current) {
        const leaving = current
        current = undefined
        await leaving.stop()
      }
      if (!current && performance.now() - restedAt > REST_MS) {
        restedAt = performance.now()
        resting()
      }
      await sleep(LOOK_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  }
  return {
    start: () => {
      running ??= loop()
    },
    async stop() {
      stopping.abort()
      await running
      await current?.stop()
    },
    // Another machine says whether it is heard.
    health: () => current?.health() ?? { ok: true, lastHeardAgeMs: null },
  }
}
