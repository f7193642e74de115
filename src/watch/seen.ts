import type { TaskSpec } from '../core/types.ts'
import { fingerprint, textFingerprint } from './fingerprint.ts'

/** What is remembered of one file. */
export interface Seen {
  /** Size, time and place of the file as it was read: while they stay, it is not read again. */
  signature: string
  /** Fingerprints of everything that was ever open in it; the latest last. */
  tasks: string[]
  /** Digest of the problems that were reported. */
  broken?: string
}

/** What a task file says now; problems are lines for people and mean that it cannot be run. */
export interface Reading {
  specs: readonly TaskSpec[]
  problems: readonly string[]
}

/** Open tasks that were not announced yet, and of how many. */
export interface Found {
  seen: Seen
  /** Titles of the new tasks. */
  fresh: string[]
  /** Tasks in the file that are not done. */
  open: number
  /** It cannot be run, and that was not reported yet. */
  broken: boolean
}

const LONGEST = 5_000

/**
 * Compares a file with what was seen of it. Tasks that wait in a queue already are no news; neither is a text that was
 * there before, whatever was there meanwhile.
 */
export function compare(
  before: Seen | undefined,
  signature: string,
  reading: Reading,
  isQueued: (spec: TaskSpec) => boolean,
): Found {
  const { tasks = [] } = before ?? {}
  if (reading.problems.length > 0) {
    const broken = textFingerprint(reading.problems.join('\n'))
    return { seen: { signature, tasks, broken }, fresh: [], open: 0, broken: broken !== before?.broken }
  }
  const known = new Set(tasks)
  const open = reading.specs.filter(({ done }) => !done)
  const now = open.map((spec) => ({ spec, print: fingerprint(spec) }))
  const fresh = now.filter(({ spec, print }) => !known.has(print) && !isQueued(spec)).map(({ spec }) => spec.title)
  const prints = new Set(now.map(({ print }) => print))
  const all = [...tasks.filter((print) => !prints.has(print)), ...prints]
  return {
    seen: { signature, tasks: all.slice(-Math.max(LONGEST, prints.size)) },
    fresh,
    open: open.length,
    broken: false,
  }
}
