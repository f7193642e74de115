import type { CheckResult, FileChange, TaskSpec } from '../../core/types.ts'
import { locatePaths } from '../../git/diff/locate-paths.ts'
import { claimedFiles } from '../../proof/claimed-files.ts'
import { claims, expectsChange } from '../../proof/claims.ts'
import type { Acted } from '../workspace.ts'

/** What the agent said at the end, and what Baton saw. */
export interface Said {
  cwd: string
  spec: TaskSpec
  text: string
  acted: Acted
  files: FileChange[]
  gitWrites: string[]
  /** Checkpoint after the task. */
  after: string
}

/** Holds the agent's closing words against the facts. */
export async function claimFlags({ cwd, spec, text, acted, files, gitWrites, after }: Said): Promise<string[]> {
  // Its own checks run after this; a task that is checked by tests may say that they pass.
  const checks: CheckResult[] = spec.verify.map((command) => ({
    name: command,
    command,
    ok: true,
    durationMs: 0,
    output: '',
  }))
  return claims({
    ...{ text, files, gitWrites, checks },
    ...acted,
    whereabouts: await locatePaths({ cwd, commit: after, paths: claimedFiles(text).map(({ path }) => path) }),
    expectsChange: expectsChange(spec),
  })
}
