import { rm } from 'node:fs/promises'
import { openAt } from '../diff/changes.ts'
import { treeDiff } from '../diff/tree-diff.ts'
import { onDisk } from '../disk.ts'
import { stage } from '../stage.ts'

/** Makes a clean working tree at `commit` what a checkpoint recorded, byte for byte. */
export async function restoreCheckpoint(cwd: string, { commit, to }: { commit: string; to: string }): Promise<void> {
  const own = await openAt(cwd)
  const { root } = own.repository
  const changes = await treeDiff(own, commit, to)
  for (const { path } of changes) await rm(onDisk(root, path), { recursive: true, force: true })
  await stage(
    own,
    changes.flatMap(({ path, after }) => (after ? [[path, after] as const] : [])),
    root,
  )
}
