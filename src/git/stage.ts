import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ByteString } from './bytes.ts'
import { isSubmodule, type TreeEntry } from './diff/tree-diff.ts'
import { withIndex } from './index-file.ts'
import { indexInfo } from './index-info.ts'
import type { PrivateGit } from './private-git.ts'

/** Writes files of a tree, byte for byte, into an empty folder. Submodules are left out. */
export async function stage(own: PrivateGit, files: Iterable<[ByteString, TreeEntry]>, folder: string): Promise<void> {
  const plain = [...files].filter(([, entry]) => !isSubmodule(entry))
  if (plain.length === 0) return
  await withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
    await own.run(['update-index', '-z', '--index-info'], { index, input: indexInfo(own.repository, plain) })
    await own.run(['checkout-index', '--all', '--force', `--prefix=${folder}/`], { index })
  })
}
