import { uptime } from 'node:os'

/** Milliseconds that have passed somewhere in the past; only differences mean something. */
export type Elapsed = () => number

/**
 * A clock that nobody can set. It counts the time in which the machine slept, too, where the system knows it: of two clocks
 * the one that says that more has passed is right, since a lease may only be held too short.
 */
export function elapsedClock(): Elapsed {
  const started = { awake: performance.now(), always: uptime() }
  return () => Math.max(performance.now() - started.awake, (uptime() - started.always) * 1_000)
}
