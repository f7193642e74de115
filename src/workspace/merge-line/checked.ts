import type { SingleValues } from '../../core/kept-values.ts'
import type { CheckResult, Task } from '../../core/types.ts'
import type { Check } from '../../proof/choose-checks.ts'
import { sha256 } from '../../text/sha256.ts'

/** What a result holds for: the same command on the same tree in the same environment says the same. */
export interface CheckedWhat {
  tree: string
  command: string
  environment: string
}

/** Results of checks. Good ones outlive the process; bad ones are forgotten with the landing that they stopped. */
export interface Checked {
  good: (what: CheckedWhat) => boolean
  noteGood: (what: CheckedWhat) => void
}

const MOST = 1_000

export function createChecked(meta: SingleValues, key: string): Checked {
  const digestOf = ({ tree, command, environment }: CheckedWhat) =>
    sha256(JSON.stringify([tree, command, environment])).slice(0, 24)
  let known = new Set(meta.get<string[]>(key) ?? [])
  return {
    good: (what) => known.has(digestOf(what)),
    noteGood: (what) => {
      known.delete(digestOf(what))
      known = new Set([...known, digestOf(what)].slice(-MOST))
      meta.set(key, [...known])
    },
  }
}

/** A check, and where it is run. */
export interface LaneCheck {
  check: Check
  /** Seen from the project's folder. */
  directory?: string
  /** A task's own `Verify`: without the task's work it may well fail. */
  isOwn: boolean
}

/** A round of checks on one tree: what was run, in order, and how it went. */
export interface Round {
  ok: boolean
  ran: LaneCheck[]
  results: CheckResult[]
}

/** Those that failed. */
export const failed = ({ ran, results }: Round): LaneCheck[] => ran.filter((_, index) => results[index]?.ok === false)

/** Checks in a worktree that is not a task's, or is not ready for one. */
export interface TreeChecks {
  /** What a task must pass, in order. */
  checksOf: (task: Task) => Promise<Check[]>
  inTree: (
    check: Check,
    place: { cwd: string; root: string; env: Record<string, string> },
    signal: AbortSignal,
  ) => Promise<CheckResult>
}
