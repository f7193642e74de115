import type { ByteString } from '../git/bytes.ts'
import { changes, openAt } from '../git/diff/changes.ts'
import { patch } from '../git/diff/patch.ts'
import { treeFiles } from '../git/diff/tree-diff.ts'
import { inRepository, type Repository } from '../git/repository.ts'
import { stage } from '../git/stage.ts'
import { fetchRef, type GitRemote } from './remote.ts'

/** The commits of a pull request, brought here. */
export interface PullCommits {
  head: string
  base: string
  /** Where they parted: GitHub shows the changes since then. */
  from: string
}

/** Longer patches are not read to their end; what is missing is named as too large. */
const MOST_PATCH_BYTES = 8 * 1024 * 1024
const MOST_FILE_BYTES = 100_000

/**
 * Fetches head and base of a pull request, forks too; undefined where one of them is gone, or they have nothing in common. They
 * become refs of Baton's own, which no branch and no tag of the user's is.
 */
export async function fetchPull(
  repository: Repository,
  remote: GitRemote,
  { number, base: branch }: { number: number; base: string },
): Promise<PullCommits | undefined> {
  const ref = `refs/baton/pull/${number}`
  const head = await fetchRef(repository, remote, { from: `refs/pull/${number}/head`, to: `${ref}/head` })
  const base = await fetchRef(repository, remote, { from: `refs/heads/${branch}`, to: `${ref}/base` })
  if (head === undefined || base === undefined) return undefined
  const args = ['merge-base', base, head]
  const from = (await inRepository(repository)(args, { accept: [0, 1] })).stdout.trim()
  return from === '' ? undefined : { head, base, from }
}

/** Forgets what was fetched for a pull request that is closed. */
export async function forgetPull(repository: Repository, number: number): Promise<void> {
  for (const name of ['head', 'base'])
    await inRepository(repository)(['update-ref', '-d', `refs/baton/pull/${number}/${name}`], { accept: [0, 1, 128] })
}

/** What a pull request changes: its files, and a patch for reading. */
export async function pullChanges(cwd: string, { from, head }: Pick<PullCommits, 'from' | 'head'>) {
  const range = { cwd, from, to: head }
  const files = await changes(range)
  const { bytes } = await patch({ ...range, binary: false, maxBytes: MOST_PATCH_BYTES })
  return { files, patch: bytes.toString('utf8') }
}

/**
 * Writes the files of a commit into an empty folder, byte for byte: no hook, no filter and no attribute of anybody has a say, and it
 * is no repository.
 */
export async function layTree(cwd: string, commit: string, folder: string): Promise<void> {
  const own = await openAt(cwd)
  await stage(own, await treeFiles(own, commit, () => true), folder)
}

/** A text file of a commit; undefined where there is none, or it is large. */
export async function committedText(repository: Repository, commit: string, path: string): Promise<string | undefined> {
  const answer = await inRepository(repository)(['cat-file', 'blob', `${commit}:${path}`], {
    accept: [0, 1, 128],
    maxBytes: MOST_FILE_BYTES,
  })
  return answer.exitCode === 0 && !answer.truncated ? textOf(answer.stdout) : undefined
}

const textOf = (bytes: ByteString): string => Buffer.from(bytes, 'latin1').toString('utf8')
