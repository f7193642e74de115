import type { ByteString } from '../bytes.ts'
import { loadPermissions, type Permissions, type StoredPermissions, storePermissions } from '../permissions.ts'
import type { PrivateGit } from '../private-git.ts'
import { writeObject } from '../write-object.ts'
import type { Unrecorded } from './classify-paths.ts'

/** What a checkpoint knows beyond its tree; it is in the commit's message, so that the commit alone is enough. */
export interface CheckpointMeta {
  /** Things that were there and are not in the tree. */
  unrecorded: Map<ByteString, Unrecorded>
  permissions: Permissions
}

interface StoredMeta {
  unrecorded: [ByteString, Unrecorded][]
  permissions: StoredPermissions
}

const MARK = 'baton-checkpoint: '

/** Checkpoints that this process took or read lately: what a commit holds never changes. */
const known = new Map<string, CheckpointMeta & { tree: string }>()
const KNOWN = 50

function keep(commit: string, checkpoint: CheckpointMeta & { tree: string }): void {
  known.delete(commit)
  known.set(commit, checkpoint)
  for (const oldest of known.keys()) {
    if (known.size <= KNOWN) break
    known.delete(oldest)
  }
}

/** What a checkpoint of this process holds, without asking git for it. */
export function knownCheckpoint(commit: string): (CheckpointMeta & { tree: string }) | undefined {
  return known.get(commit)
}

/** Stores a checkpoint without parents: it is not part of anybody's history. Gives its commit. */
export async function writeCheckpoint(
  own: PrivateGit,
  tree: string,
  message: string,
  meta: CheckpointMeta,
): Promise<string> {
  const text = `${message.trim()}\n\n${MARK}${storedMeta(meta)}\n`
  const person = `Baton <baton@localhost> ${Math.floor(Date.now() / 1000)} +0000`
  const content = Buffer.from(`tree ${tree}\nauthor ${person}\ncommitter ${person}\n\n${text}`)
  const commit = await writeObject(own.repository, 'commit', content)
  noteCheckpoint(commit, tree, meta)
  return commit
}

/** Remembers what a checkpoint holds. */
export function noteCheckpoint(commit: string, tree: string, { unrecorded, permissions }: CheckpointMeta): void {
  const copy = loadPermissions(storePermissions(permissions))
  keep(commit, { tree, unrecorded: new Map(unrecorded), permissions: copy })
}

/** All of it in one form: equal texts are equal checkpoints of a tree. */
export function storedMeta({ unrecorded, permissions }: CheckpointMeta): string {
  const stored: StoredMeta = { unrecorded: [...unrecorded], permissions: storePermissions(permissions) }
  return JSON.stringify(stored)
}

/** Throws when `commit` is not a checkpoint of ours, or gone. */
export async function readCheckpoint(own: PrivateGit, commit: string): Promise<CheckpointMeta & { tree: string }> {
  const { stdout } = await own.run(['cat-file', 'commit', commit])
  const text = Buffer.from(stdout, 'latin1').toString('utf8')
  const tree = /^tree ([0-9a-f]+)\n/.exec(text)?.[1]
  const json = text.slice(text.lastIndexOf(`\n${MARK}`) + MARK.length + 1)
  if (tree === undefined || !text.includes(`\n${MARK}`)) throw new Error(`${commit} is not one of Baton's checkpoints.`)
  const { unrecorded, permissions } = JSON.parse(json) as StoredMeta
  return { tree, unrecorded: new Map(unrecorded), permissions: loadPermissions(permissions) }
}

/** The same for any commit: one that is not a checkpoint has everything in its tree. */
export async function unrecordedIn(own: PrivateGit, commit: string): Promise<ReadonlySet<ByteString>> {
  const here = known.get(commit)
  if (here) return new Set(here.unrecorded.keys())
  return readCheckpoint(own, commit).then(
    ({ unrecorded }) => new Set(unrecorded.keys()),
    () => new Set(),
  )
}
