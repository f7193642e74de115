import { setTimeout } from 'node:timers/promises'
import { type ByteString, pathsAsArguments, splitNul } from '../bytes.ts'
import { sameEntry, type TreeEntry } from '../diff/tree-diff.ts'
import { indexInfo } from '../index-info.ts'
import type { PrivateGit } from '../private-git.ts'
import { GitError } from '../program.ts'
import { inRepository } from '../repository.ts'

type Entries = ReadonlyMap<ByteString, TreeEntry | undefined>

/**
 * Moves a branch that is checked out, and with it those entries of the user's index that the commit changed: without that,
 * `git status` would show the commit as staged in reverse. An entry that is not as committed is the user's staging; then
 * nothing is moved, and these paths are returned. The index goes first: a kill in between leaves the task's changes staged.
 */
export async function updateUsersIndex(
  own: PrivateGit,
  committed: Entries,
  shares: Entries,
  moveRef: () => Promise<unknown>,
): Promise<ByteString[]> {
  const staged = await usersEntries(own, [...shares.keys()])
  const clash = [...shares.keys()].filter(
    (path) => !sameEntry(staged.get(path), committed.get(path)) && !sameEntry(staged.get(path), shares.get(path)),
  )
  if (clash.length > 0) return clash
  await write(own, shares)
  try {
    await moveRef()
  } catch (error) {
    await write(own, new Map([...shares.keys()].map((path) => [path, staged.get(path)])))
    throw error
  }
  return []
}

async function usersEntries({ repository }: PrivateGit, paths: ByteString[]): Promise<Map<ByteString, TreeEntry>> {
  const args = ['--literal-pathspecs', 'ls-files', '-s', '-z', ...pathsAsArguments(paths)]
  const { stdout } = await inRepository(repository)(args)
  return new Map(
    splitNul(stdout).map((line) => {
      const [mode = '', oid = '', stage = ''] = line.slice(0, line.indexOf('\t')).split(' ')
      // A path in conflict equals nothing that is committed.
      return [line.slice(line.indexOf('\t') + 1), { mode, oid: stage === '0' ? oid : `conflict ${stage}` }]
    }),
  )
}

/** Somebody else's git may hold the lock for a moment. */
async function write({ repository }: PrivateGit, entries: Entries): Promise<void> {
  const input = indexInfo(repository, entries)
  for (let attempt = 1; ; attempt += 1) {
    try {
      await inRepository(repository)(['update-index', '-z', '--index-info'], { input })
      return
    } catch (error) {
      if (!(error instanceof GitError) || !/index\.lock/.test(error.stderr) || attempt === 10) throw error
      await setTimeout(300)
    }
  }
}
