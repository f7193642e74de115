import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CheckResult, FileChange, TaskSpec } from '../core/types.ts'
import type { Acted } from '../daemon/work.ts'
import { fromPathText, pathText } from '../git/bytes.ts'
import { openAt } from '../git/changes.ts'
import { treeFiles } from '../git/tree-diff.ts'
import { claimedFiles } from '../proof/claimed-files.ts'
import { claims, expectsChange, type Whereabouts } from '../proof/claims.ts'

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
    whereabouts: await whereabouts(cwd, after, text),
    expectsChange: expectsChange(spec),
  })
}

async function whereabouts(cwd: string, after: string, text: string): Promise<ReadonlyMap<string, Whereabouts>> {
  const claimed = claimedFiles(text).map(({ path }) => path)
  if (claimed.length === 0) return new Map()
  const wanted = new Set(claimed.map((path) => fromPathText(path.replace(/^\.\//, ''))))
  const recorded = new Set(
    [...(await treeFiles(await openAt(cwd), after, (path) => wanted.has(path))).keys()].map(pathText),
  )
  return new Map(
    claimed.map((path): [string, Whereabouts] => {
      if (recorded.has(path.replace(/^\.\//, ''))) return [path, 'recorded']
      return [path, existsSync(resolve(cwd, path)) ? 'unrecorded' : 'absent']
    }),
  )
}
