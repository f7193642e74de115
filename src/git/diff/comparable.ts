import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ByteString } from '../bytes.ts'
import { unrecordedIn } from '../checkpoint/meta.ts'
import { withIndex } from '../index-file.ts'
import { indexInfo } from '../index-info.ts'
import type { PrivateGit } from '../private-git.ts'
import { treeFiles } from './tree-diff.ts'

export interface Comparable {
  from: string
  to: string
  /** Left out of both: on one side it is in the tree, on the other it is there and not recorded. */
  leftOut: ByteString[]
}

/**
 * Two checkpoints as trees that may be compared. A file that grew beyond what is recorded is missing in the later tree and
 * yet not deleted.
 */
export async function comparable(own: PrivateGit, from: string, to: string): Promise<Comparable> {
  const unrecorded = new Set([...(await unrecordedIn(own, from)), ...(await unrecordedIn(own, to))])
  if (unrecorded.size === 0) return { from, to, leftOut: [] }
  const sides = await Promise.all([from, to].map((side) => treeFiles(own, side, (path) => unrecorded.has(path))))
  const leftOut = [...unrecorded].filter((path) => sides.some((files) => files.has(path)))
  if (leftOut.length === 0) return { from, to, leftOut }
  const [one = from, other = to] = await Promise.all([from, to].map((side) => without(own, side, leftOut)))
  return { from: one, to: other, leftOut }
}

async function without(own: PrivateGit, tree: string, paths: ByteString[]): Promise<string> {
  return withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
    await own.run(['read-tree', tree], { index })
    const input = indexInfo(
      own.repository,
      paths.map((path) => [path, undefined] as const),
    )
    await own.run(['update-index', '-z', '--index-info'], { index, input })
    return (await own.run(['write-tree'], { index })).stdout.trim()
  })
}
