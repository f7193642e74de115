import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toBuffer } from '../bytes.ts'
import type { TreeEntry } from '../diff/tree-diff.ts'
import type { PrivateGit } from '../private-git.ts'
import { withFolder } from '../with-folder.ts'

/** Carries the lines between `before` and `after` over to `committed`; undefined where they touch other changed lines. */
export async function mergeBlobs(
  own: PrivateGit,
  committed: TreeEntry,
  before: TreeEntry,
  after: TreeEntry,
): Promise<TreeEntry | undefined> {
  return withFolder(own, 'commit', async (folder) => {
    const files = await Promise.all(
      [committed, before, after].map(async ({ oid }, i) => {
        const file = join(folder, String(i))
        await writeFile(file, toBuffer((await own.run(['cat-file', 'blob', oid])).stdout))
        return file
      }),
    )
    const codes = Array.from({ length: 256 }, (_, code) => code)
    // The exit code counts the conflicts; 255 means that it is not a text.
    const merged = await own.run(['merge-file', '-p', '-q', ...files], { accept: codes })
    if (merged.exitCode !== 0) return undefined
    const { stdout } = await own.run(['hash-object', '-w', '--stdin'], { input: merged.stdout })
    return { mode: after.mode === before.mode ? committed.mode : after.mode, oid: stdout.trim() }
  })
}
