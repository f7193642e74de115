import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPlain } from '../../files/plain.ts'
import type { ByteString } from '../bytes.ts'
import { copyIndex, fileIdentity } from '../index-file.ts'
import { loadPermissions, type Permissions, type StoredPermissions, storePermissions } from '../permissions.ts'
import type { PrivateGit } from '../private-git.ts'

/**
 * What the last checkpoint leaves to the next one of the same working tree, so that only files which changed meanwhile
 * are read again: its index, and beside it what an index cannot hold. Losing it costs time and nothing else.
 */
export interface CheckpointMemory {
  permissions: Permissions
  /** Which version of the user's index was seen last. */
  userIndex: string | undefined
  /** The index may hold files that are ignored by now. */
  holdsIgnored: boolean
  /** Of the index; what was left out of it on purpose. */
  tree: string
  excluded: readonly ByteString[]
  /**
   * Files that changed shortly before they were recorded, and what they were recognised by: git's clock ticks in seconds
   * and cannot tell a further change by. Without a mark the file was too young for any clock.
   */
  young: readonly (readonly [path: ByteString, mark: string])[]
}

interface Stored {
  /** The index file that this belongs to: the two are renamed one after the other, and a kill may fall between. */
  index: string
  userIndex?: string
  holdsIgnored: boolean
  tree: string
  excluded: readonly ByteString[]
  young: CheckpointMemory['young']
  permissions: StoredPermissions
}

/** Copies the remembered index to `index`; undefined when nothing usable is there. */
export async function recall({ dir }: PrivateGit, index: string): Promise<CheckpointMemory | undefined> {
  try {
    const stored = JSON.parse((await readPlain(join(dir, 'memory.json'))).toString('utf8')) as Stored
    if (stored.index !== (await fileIdentity(join(dir, 'index')))) return undefined
    if (!(await copyIndex(join(dir, 'index'), index))) return undefined
    const { userIndex, holdsIgnored, tree, excluded, young, permissions } = stored
    // Written by an older version, which knew less.
    if (!tree || !excluded) return undefined
    return { permissions: loadPermissions(permissions), userIndex, holdsIgnored, tree, excluded, young }
  } catch {
    return undefined
  }
}

/** Takes `index` over as the remembered one. */
export async function remember({ dir }: PrivateGit, index: string, memory: CheckpointMemory): Promise<void> {
  const identity = await fileIdentity(index)
  if (identity === undefined) return
  const stored: Stored = {
    index: identity,
    ...(memory.userIndex === undefined ? {} : { userIndex: memory.userIndex }),
    holdsIgnored: memory.holdsIgnored,
    tree: memory.tree,
    excluded: memory.excluded,
    young: memory.young,
    permissions: storePermissions(memory.permissions),
  }
  await writeFile(`${index}.json`, JSON.stringify(stored))
  await rename(`${index}.json`, join(dir, 'memory.json'))
  await rename(index, join(dir, 'index'))
}
