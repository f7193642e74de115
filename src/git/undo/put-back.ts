import { chmod, copyFile, lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink, unlink } from 'node:fs/promises'
import { type ByteString, foldersAbove } from '../bytes.ts'
import { lookInto, onDisk } from '../disk.ts'
import { type Permissions, permissionsFor } from '../permissions.ts'
import type { PrivateGit } from '../private-git.ts'
import type { UndoPlan } from './undo-plan.ts'

export interface Failure {
  path: ByteString
  /** What the system said. */
  why: string
}

/**
 * Makes the working tree what the plan says, with the files that wait in `staged`. Each file is replaced in one step. One
 * that cannot be (no permission, something new in the way) is reported and does not hold up the others.
 */
export async function putBack(
  own: PrivateGit,
  plan: UndoPlan,
  staged: string,
  permissions: Permissions,
): Promise<Failure[]> {
  const { root, prefix } = own.repository
  const failures: Failure[] = []
  const attempt = async (path: ByteString, act: () => Promise<void>) => {
    await act().catch((error: NodeJS.ErrnoException) => failures.push({ path, why: error.message }))
  }
  for (const path of plan.remove) {
    await attempt(path, async () => {
      // Checked again each time: a folder on the way that is a link by now would lead out of the project.
      if (lookInto(root)(path)) await unlink(onDisk(root, path))
    })
  }
  for (const { path, entry } of plan.restore) {
    await attempt(path, async () => {
      const from = onDisk(staged, path)
      const isFile = entry.mode.startsWith('100')
      if (isFile && own.fileMode) await chmod(from, permissionsFor(permissions, path, entry.mode === '100755'))
      await makeRoom(root, path)
      await move(from, onDisk(root, path))
    })
  }
  for (const { path, bits } of plan.chmod) {
    await attempt(path, async () => {
      if (lookInto(root)(path)?.isFile()) await chmod(onDisk(root, path), bits)
    })
  }
  const left = new Set(plan.remove.flatMap(foldersAbove))
  for (const folder of [...left].sort((a, b) => b.length - a.length)) {
    if (!prefix.startsWith(`${folder}/`) && lookInto(root)(folder)?.isDirectory())
      await rmdir(onDisk(root, folder)).catch(() => {})
  }
  return failures
}

async function makeRoom(root: string, path: ByteString): Promise<void> {
  for (const folder of foldersAbove(path)) {
    if (!lookInto(root)(folder)) await mkdir(onDisk(root, folder))
  }
  if (lookInto(root)(path)?.isDirectory()) await removeEmptyFolders(onDisk(root, path))
}

/** Fails, and leaves things as they are, where a folder is not empty. */
async function removeEmptyFolders(folder: Buffer): Promise<void> {
  for (const name of await readdir(folder, { encoding: 'buffer' })) {
    const inside = Buffer.concat([folder, Buffer.from('/'), name])
    if ((await lstat(inside)).isDirectory()) await removeEmptyFolders(inside)
  }
  await rmdir(folder)
}

/** A linked worktree may lie on another file system than the repository: then it is a copy, put in place in one step. */
async function move(from: Buffer, to: Buffer): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const beside = Buffer.concat([to, Buffer.from('.baton-undo')])
    await rm(beside, { force: true })
    if ((await lstat(from)).isSymbolicLink()) await symlink(await readlink(from, { encoding: 'buffer' }), beside)
    else await copyFile(from, beside)
    await rename(beside, to)
  }
}
