import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { readPlain } from '../files/plain.ts'
import { keepNewest } from '../keep-newest.ts'
import { inRepository, type Repository } from './repository.ts'

/** What a commit is a commit of. */
export interface CommitRead {
  tree: string
  parents: string[]
}

/** Commits by their full names, which never change. */
const known = new Map<string, CommitRead>()
const MOST_KNOWN = 1_000

/** More than any message that people write. */
const LARGEST_BYTES = 1024 * 1024

export const isFullName = (name: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)

/**
 * Reads a commit by its full name; undefined where there is none. One that was made lately lies in a file of its own and costs no
 * process; git is asked for the others.
 */
export async function readCommit(repository: Repository, commit: string): Promise<CommitRead | undefined> {
  const there = known.get(commit)
  if (there) return there
  const read = (await readLoose(repository, commit)) ?? (await askGit(repository, commit))
  if (read) noteCommit(commit, read)
  return read
}

/** Remembers a commit that was just made. */
export function noteCommit(commit: string, read: CommitRead): void {
  keepNewest(known, commit, read, MOST_KNOWN)
}

/** `commit 123\0` and its text, deflated. */
async function readLoose({ commonDir }: Repository, commit: string): Promise<CommitRead | undefined> {
  try {
    const bytes = await readPlain(join(commonDir, 'objects', commit.slice(0, 2), commit.slice(2)), LARGEST_BYTES)
    const whole = (await promisify(inflate)(bytes, { maxOutputLength: LARGEST_BYTES })).toString('latin1')
    const [header] = /^commit \d+\0/.exec(whole) ?? []
    return header === undefined ? undefined : parse(whole.slice(header.length))
  } catch {
    return undefined
  }
}

async function askGit(repository: Repository, commit: string): Promise<CommitRead | undefined> {
  const { stdout, exitCode } = await inRepository(repository)(['cat-file', 'commit', commit], { accept: [0, 128] })
  return exitCode === 0 ? parse(stdout) : undefined
}

function parse(text: string): CommitRead | undefined {
  const head = text.slice(0, text.indexOf('\n\n') + 1)
  const tree = /^tree ([0-9a-f]+)$/m.exec(head)?.[1]
  return tree === undefined
    ? undefined
    : { tree, parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent]) => parent as string) }
}
