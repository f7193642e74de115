import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ByteString } from './bytes.ts'
import { withIndex } from './index-file.ts'
import type { PrivateGit } from './private-git.ts'
import { isSubmodule, type TreeEntry } from './tree-diff.ts'

/** Writes files of a tree, byte for byte, into an empty folder. Submodules are left out. */
export async function stage(
  own: PrivateGit,
  files: readonly { path: ByteString; entry: TreeEntry }[],
  folder: string,
): Promise<void> {
  const lines = files
    .filter(({ entry }) => !isSubmodule(entry))
    .map(({ path, entry }) => `${entry.mode} ${entry.oid}\t${path}\0`)
  if (lines.length === 0) return
  await withIndex(join(own.dir, `index-${randomUUID()}`), async (index) => {
    await own.run(['update-index', '-z', '--index-info'], { index, input: lines.join('') })
    await own.run(['checkout-index', '--all', '--force', `--prefix=${folder}/`], { index })
  })
}
