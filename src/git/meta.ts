import type { ByteString } from './bytes.ts'
import { loadPermissions, type Permissions, type StoredPermissions, storePermissions } from './permissions.ts'
import type { PrivateGit } from './private-git.ts'
import type { Unrecorded } from './sort-out.ts'

/** What a checkpoint knows beyond its tree; it stands in the commit's message, so that the commit alone is enough. */
export interface Meta {
  /** Things that were there and are not in the tree. */
  unrecorded: Map<ByteString, Unrecorded>
  permissions: Permissions
}

interface StoredMeta {
  unrecorded: [ByteString, Unrecorded][]
  permissions: StoredPermissions
}

const MARK = 'baton-checkpoint: '

/** Stores a checkpoint without parents: it is no part of anybody's history. Gives its commit. */
export async function writeCheckpoint(own: PrivateGit, tree: string, message: string, meta: Meta): Promise<string> {
  const stored: StoredMeta = { unrecorded: [...meta.unrecorded], permissions: storePermissions(meta.permissions) }
  const text = `${message.trim()}\n\n${MARK}${JSON.stringify(stored)}\n`
  const { stdout } = await own.run(['commit-tree', tree], { input: Buffer.from(text, 'utf8').toString('latin1') })
  return stdout.trim()
}

/** Throws when `commit` is no checkpoint of ours, or gone. */
export async function readCheckpoint(own: PrivateGit, commit: string): Promise<Meta & { tree: string }> {
  const { stdout } = await own.run(['cat-file', 'commit', commit])
  const text = Buffer.from(stdout, 'latin1').toString('utf8')
  const tree = /^tree ([0-9a-f]+)\n/.exec(text)?.[1]
  const json = text.slice(text.lastIndexOf(`\n${MARK}`) + MARK.length + 1)
  if (tree === undefined || !text.includes(`\n${MARK}`)) throw new Error(`${commit} is no checkpoint of Baton's.`)
  const { unrecorded, permissions } = JSON.parse(json) as StoredMeta
  return { tree, unrecorded: new Map(unrecorded), permissions: loadPermissions(permissions) }
}

/** The same for any commit: one that is no checkpoint has everything in its tree. */
export async function unrecordedIn(own: PrivateGit, commit: string): Promise<ReadonlySet<ByteString>> {
  return readCheckpoint(own, commit).then(
    ({ unrecorded }) => new Set(unrecorded.keys()),
    () => new Set(),
  )
}
