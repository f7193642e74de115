import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { type ByteString, isText, pathText } from '../bytes.ts'
import { isBeyondLink, isReadable, lookAtAll, lookInto } from '../disk.ts'
import type { PrivateGit } from '../private-git.ts'
import { git } from '../program.ts'
import type { Scan } from './scan.ts'

/** Why a path is in no tree although something is there. */
export type Unrecorded = 'large' | 'unreadable' | 'special' | 'nested' | 'refused'

export interface ClassifiedPaths {
  /** To be read into the index. */
  take: ByteString[]
  /** Not to be in it, whatever is there. */
  leave: ByteString[]
  /** Gone: git takes these out when it looks. */
  absent: ByteString[]
  /** Of `take`, the plain files as they lie there. */
  files: Map<ByteString, Stats>
  unrecorded: Map<ByteString, Unrecorded>
}

/** Looks at every candidate on disk and decides what git can record of it. */
export async function classifyPaths(own: PrivateGit, scan: Scan, maxFileBytes: number): Promise<ClassifiedPaths> {
  const sorted: ClassifiedPaths = { take: [], leave: [], absent: [], files: new Map(), unrecorded: new Map() }
  const leave = (path: ByteString, why?: Unrecorded) => {
    sorted.leave.push(path)
    if (why) sorted.unrecorded.set(path, why)
  }
  const { root } = own.repository
  const absent = (path: ByteString) => (isBeyondLink(root, path) ? sorted.leave : sorted.absent).push(path)
  await lookAtAll(root, scan.gone, (path, found) => (found ? leave(path) : absent(path)))
  const folders: ByteString[] = []
  const plain: [ByteString, Stats][] = []
  const gone = new Set(scan.gone)
  const candidates = [...scan.candidates].filter((path) => !gone.has(path))
  await lookAtAll(root, candidates, (path, found) => {
    if (!found) absent(path)
    else if (found.isSymbolicLink()) sorted.take.push(path)
    else if (found.isDirectory()) folders.push(path)
    else if (!found.isFile()) leave(path, 'special')
    else if (found.size > maxFileBytes) leave(path, 'large')
    else plain.push([path, found])
  })
  for (const [path, found] of plain) {
    if (await isReadable(root, path)) {
      sorted.files.set(path, found)
      sorted.take.push(path)
    } else leave(path, 'unreadable')
  }
  for (const path of folders) {
    if (scan.submodules.includes(path) || (await hasCommit(own, path))) sorted.take.push(path)
    else leave(path, isRepository(own, path) ? 'nested' : undefined)
  }
  const taken = new Set(sorted.take)
  for (const path of scan.nested) if (!taken.has(path)) sorted.unrecorded.set(path, 'nested')
  return sorted
}

/** A folder that the user's index names as a submodule, with something checked out in it. */
async function hasCommit(own: PrivateGit, path: ByteString): Promise<boolean> {
  // A program is started in a folder whose name is text, or not at all.
  if (!isRepository(own, path) || !isText(path)) return false
  const cwd = join(own.repository.root, pathText(path))
  return (await git(['rev-parse', '-q', '--verify', 'HEAD'], { cwd, accept: [0, 1, 128] })).exitCode === 0
}

function isRepository({ repository }: PrivateGit, folder: ByteString): boolean {
  return lookInto(repository.root)(`${folder}/.git`) !== undefined
}
