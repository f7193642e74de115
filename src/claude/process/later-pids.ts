import { readFileSync } from 'node:fs'

/**
 * Which process ids can have been given out since a process was started. Linux gives them out in rising order and begins again
 * below when it has reached the largest: as long as that cannot have happened, whatever a process has started, and that in turn, has a greater
 * id than its own, and nothing else need be looked at. On a desktop that is a handful of hundreds.
 */

/** What the machine had started and had running at a moment. */
export interface ForkCount {
  /** Processes and threads started since the machine was: each takes an id. */
  forks: number
  /** Processes and threads that live: their ids are passed over. */
  threads: number
}

/** As it is now; undefined where the system does not tell. */
export function countForks(): ForkCount | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const forks = numberIn('/proc/stat', /^processes (\d+)$/m)
    const threads = numberIn('/proc/loadavg', /^\S+ \S+ \S+ \d+\/(\d+) /)
    return forks === undefined || threads === undefined ? undefined : { forks, threads }
  } catch {
    return undefined
  }
}

/** The least id that a process started after `pid` can have, where `before` was counted before `pid` was started; 0: any. */
export function leastIdAfter(
  pid: number,
  before: ForkCount | undefined,
  now = countForks(),
  largest = largestId(),
): number {
  if (!before || !now || largest === undefined) return 0
  const forks = now.forks - before.forks
  // One at least is the process itself. A system that does not count it does not count.
  if (forks < 1) return 0
  // Each that lived then or came since may keep up to three ids, which are passed over: its own, its group's and its session's.
  return pid + forks + 3 * (before.threads + forks) < largest ? pid : 0
}

function largestId(): number | undefined {
  try {
    return numberIn('/proc/sys/kernel/pid_max', /^(\d+)$/m)
  } catch {
    return undefined
  }
}

function numberIn(path: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(readFileSync(path, 'latin1'))?.[1]
  return found === undefined ? undefined : Number(found)
}
