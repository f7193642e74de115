import { constants, lstatSync, readdirSync, type Stats } from 'node:fs'
import { access } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { type ByteString, foldersAbove, toBuffer } from './bytes.ts'

/** The path of a file of the working tree for file system calls: the name may be any bytes. */
export function onDisk(root: string, path: ByteString): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), toBuffer(path)])
}

/** What is at a path itself: links are not followed, neither at its end nor on the way there. */
export type Look = (path: ByteString) => Stats | undefined

/** A Look that remembers the folders it passed: for one pass over many paths while nothing moves. */
export function lookInto(root: string): Look {
  const folders = new Map<ByteString, boolean>()
  const isFolder = (folder: ByteString) => {
    const known = folders.get(folder) ?? lookAt(root, folder)?.isDirectory() ?? false
    folders.set(folder, known)
    return known
  }
  return (path) => (foldersAbove(path).every(isFolder) ? lookAt(root, path) : undefined)
}

/** A Look at many paths. In slices: one call takes microseconds, 50,000 of them at once would hold everything else up. */
export async function lookAtAll(
  root: string,
  paths: Iterable<ByteString>,
  seen: (path: ByteString, found?: Stats) => void,
): Promise<void> {
  const look = lookInto(root)
  let count = 0
  for (const path of paths) {
    seen(path, look(path))
    count += 1
    if (count % 500 === 0) await setImmediate()
  }
}

export async function isReadable(root: string, path: ByteString): Promise<boolean> {
  return access(onDisk(root, path), constants.R_OK).then(
    () => true,
    () => false,
  )
}

/** Everything below a folder that is not a folder itself; links are not followed. */
export function contentsOf(root: string, folder: ByteString): ByteString[] {
  return readdirSync(onDisk(root, folder), { withFileTypes: true, encoding: 'buffer' }).flatMap((entry) => {
    const path = `${folder}/${entry.name.toString('latin1')}`
    return entry.isDirectory() ? contentsOf(root, path) : [path]
  })
}

/** One of the folders above is a link: git refuses to look there, even for what is gone. */
export function isBeyondLink(root: string, path: ByteString): boolean {
  return foldersAbove(path).some((folder) => lookAt(root, folder)?.isSymbolicLink())
}

function lookAt(root: string, path: ByteString): Stats | undefined {
  try {
    return lstatSync(onDisk(root, path), { throwIfNoEntry: false })
  } catch (error) {
    // Below what has become a file there is nothing, either.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}
