import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteString, fromPathText, splitNul, toBuffer } from '../bytes.ts'
import { type CheckpointRange, openAt } from '../diff/changes.ts'
import { type TreeEntry, treeFiles } from '../diff/tree-diff.ts'
import { onDisk } from '../disk.ts'
import { inRepository, locate } from '../repository.ts'
import { stage } from '../stage.ts'
import { copyRepository } from './copy-repository.ts'

/** The tree of a checkpoint as files in a folder of ours, and files of a later one put over it. */
export interface TreeCopy {
  /** The folder that `cwd` is in the copy. */
  cwd: string
  /** Puts these files of the later checkpoint over it. */
  lay: () => Promise<void>
  /** As it was before that. */
  takeOff: () => Promise<void>
}

/**
 * Writes the tree of `from`, byte for byte, into an empty folder, and makes that a repository of its own.
 *
 * @param over the files of `to` that are laid over it
 * @param head the commit that was checked out then; default: the one that is now
 */
export async function copyTree(
  { cwd, from, to, head }: CheckpointRange & { head?: string | undefined },
  over: readonly string[],
  folder: string,
): Promise<TreeCopy> {
  const own = await openAt(cwd)
  const wanted = new Set(over.map(fromPathText))
  const [before, laid] = await Promise.all([
    treeFiles(own, from, () => true),
    treeFiles(own, to, (path) => wanted.has(path)),
  ])
  await stage(own, before, folder)
  await copyRepository(own, folder, head)
  const known = (path: ByteString): [ByteString, TreeEntry][] => {
    const entry = before.get(path)
    return entry ? [[path, entry]] : []
  }
  const clear = () => Promise.all([...laid.keys()].map((path) => rm(onDisk(folder, path), { force: true })))
  return {
    cwd: join(folder, Buffer.from(own.repository.prefix, 'latin1').toString('utf8')),
    lay: async () => {
      await clear()
      await stage(own, laid, folder)
    },
    takeOff: async () => {
      await clear()
      await stage(own, [...laid.keys()].flatMap(known), folder)
    },
  }
}

/** Files and folders that git ignores, whole folders as one, relative to the top, which is returned with them. */
export async function ignoredPaths(cwd: string): Promise<{ root: string; paths: string[] }> {
  const located = await locate(cwd)
  if ('reason' in located) throw new Error(located.reason)
  const { root } = located.repository
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z']
  const { stdout } = await inRepository(located.repository)(args, { maxBytes: 16 * 1024 * 1024 })
  return { root, paths: splitNul(stdout).map((path) => toBuffer(path).toString('utf8').replace(/\/$/, '')) }
}
