import { pathText, splitNul } from '../bytes.ts'
import type { Repository } from '../repository.ts'
import { safeRun } from '../safe-run.ts'

/** A path, seen from the top of the repository, that is not as it was committed. */
export interface Dirty {
  path: string
  /** The index differs from the commit as well. */
  isStaged: boolean
}

/** What is not committed in a checkout; `untracked`: with the files that git does not know. */
export async function dirtyIn(repository: Repository, { untracked }: { untracked: boolean }): Promise<Dirty[]> {
  const run = await safeRun(repository)
  const files = `--untracked-files=${untracked ? 'all' : 'no'}`
  const { stdout } = await run(['status', '--porcelain', '-z', files, '--no-renames'])
  return splitNul(stdout).map((line) => ({ path: pathText(line.slice(3)), isStaged: !line.startsWith(' ') }))
}
