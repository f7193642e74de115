import type { KeptValues } from '../core/kept-values.ts'
import { DAY_MS, duration } from '../text/durations.ts'
import { datedName } from './dated-name.ts'
import type { Note } from './ports.ts'
import { createTicker, type SetTimer } from './ticker.ts'

export interface AwayPorts {
  kept: KeptValues
  note: Note
  /** The queue that gets the note. */
  queue: string
  /** Absent: the machine's. */
  timezone?: string
  now: () => number
  onError: (error: unknown) => void
  timer?: SetTimer
}

/** The last time that the daemon is known to have run, and whether a person ended it then. */
interface Alive {
  at: number
  ended?: true
}

const KEY = 'alive'
/** As often as that is stored: a commit costs an fsync, and an idle daemon sleeps. */
const EVERY_MS = 60_000
/** A shorter absence is an update, or a machine that is slow. */
const TOLD_FROM_MS = 10 * 60_000
/**
 * Reports, once, when the daemon was away without anybody having ended it: killed, the machine off, its lid closed. What
 * did not happen meanwhile is reported by the part that should have done it.
 */
export function createAway(ports: AwayPorts): { start: () => void; stop: () => Promise<void> } {
  const { kept, now, onError } = ports
  let wakesAt = 0

  const time = (at: number, other: number) =>
    datedName(Math.abs(at - other) < DAY_MS ? '{HH:mm}' : '{yyyy-MM-dd HH:mm}', at, ports.timezone)
  const mark = (ended = false) => kept.set(KEY, { at: now(), ...(ended && { ended }) } satisfies Alive)
  const look = () => {
    const last = kept.get<Alive>(KEY)
    const awayMs = last === undefined ? 0 : now() - last.at
    kept.transaction(() => {
      mark()
      if (last === undefined || last.ended || awayMs < TOLD_FROM_MS) return
      const text = `Baton was not running from ${time(last.at, now())} to ${time(now(), last.at)} (${duration(awayMs)}).`
      ports.note(text, { queue: ports.queue, data: { level: 'warning', about: 'away', from: last.at, to: now() } })
    })
  }
  const ticker = createTicker({
    now,
    nextAt: () => wakesAt,
    // The ticker looks more often than that; what counts is the clock.
    work: async () => {
      if (now() < wakesAt && now() > wakesAt - EVERY_MS) return
      wakesAt = now() + EVERY_MS
      look()
    },
    onError,
    ...(ports.timer && { timer: ports.timer }),
  })
  return {
    start: ticker.start,
    async stop() {
      await ticker.stop()
      try {
        mark(true)
      } catch (error) {
        onError(error)
      }
    },
  }
}
