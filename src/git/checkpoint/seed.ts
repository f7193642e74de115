import type { Stats } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteString, joinNul, splitNul } from '../bytes.ts'
import { lookAtAll } from '../disk.ts'
import { copyIndex } from '../index-file.ts'
import type { PrivateGit } from '../private-git.ts'
import { GitError } from '../program.ts'
import { convertedFiles, type IndexedFile } from './conversion.ts'

export interface Seed {
  /** Everything the user's index has is in it. */
  complete: boolean
  /** The plain files of the index, as they lie on disk. */
  seen: Map<ByteString, Stats>
  /** Taken out of the index, to be read byte for byte. */
  dropped: ByteString[]
  /** Files that a sparse checkout leaves out of the working tree. */
  sparse: number
}

/**
 * Makes the first index of a working tree from the user's: what git knows to be unchanged needs not be read. Taken out
 * are entries that do not hold the bytes on disk, and the marks by which git was told not to look at a file. An index
 * that cannot be used (none there, a split one, a format this git does not know) leaves an empty one: then everything is read.
 */
export async function seedIndex(own: PrivateGit, index: string): Promise<Seed> {
  try {
    return await fromUsers(own, index)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    await rm(index, { force: true })
    return { complete: false, seen: new Map(), dropped: [], sparse: 0 }
  }
}

async function fromUsers(own: PrivateGit, index: string): Promise<Seed> {
  const { gitDir, root } = own.repository
  if (!(await copyIndex(join(gitDir, 'index'), index)))
    return { complete: true, seen: new Map(), dropped: [], sparse: 0 }
  const entries = await readEntries(own, index)
  await mark(
    own,
    index,
    '--no-assume-unchanged',
    entries.filter(({ tag }) => tag !== tag.toUpperCase()),
  )
  const sparse = entries.filter(({ tag }) => tag.toUpperCase() === 'S')
  await mark(own, index, '--no-skip-worktree', sparse)
  const files = new Map<ByteString, IndexedFile>()
  const oids = new Map(entries.filter(({ mode }) => mode.startsWith('100')).map(({ path, oid }) => [path, oid]))
  await lookAtAll(root, oids.keys(), (path, onDisk) => {
    if (onDisk?.isFile()) files.set(path, { oid: oids.get(path) ?? '', onDisk })
  })
  const dropped = await convertedFiles(own, files)
  if (dropped.length > 0)
    await own.run(['update-index', '--force-remove', '-z', '--stdin'], { index, input: joinNul(dropped) })
  return {
    complete: true,
    seen: new Map([...files].map(([path, { onDisk }]) => [path, onDisk])),
    dropped,
    sparse: sparse.length,
  }
}

interface Entry {
  /** `H`, `S` (not in the working tree), `M` (in conflict); in lower case when git was told to assume it unchanged. */
  tag: string
  mode: string
  oid: string
  path: ByteString
}

async function readEntries(own: PrivateGit, index: string): Promise<Entry[]> {
  const { stdout } = await own.run(['ls-files', '-v', '-s', '-z'], { index })
  return splitNul(stdout).map((line) => {
    const [tag = '', mode = '', oid = ''] = line.slice(0, line.indexOf('\t')).split(' ')
    return { tag, mode, oid, path: line.slice(line.indexOf('\t') + 1) }
  })
}

async function mark(own: PrivateGit, index: string, how: string, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return
  await own.run(['update-index', how, '-z', '--stdin'], { index, input: joinNul(entries.map(({ path }) => path)) })
}
