import { type ByteString, foldersAbove } from '../bytes.ts'
import { isSubmodule, sameEntry, type TreeChange, type TreeEntry } from '../diff/tree-diff.ts'
import type { Look } from '../disk.ts'
import type { PermissionPlan } from './undo-permissions.ts'

/**
 * Why a path is not taken back. `changed`: somebody changed it since. `ignored-before`: it was ignored then, so whether the
 * task made it is not known. `unrecorded`: what was or is there is in no checkpoint. `in-the-way`: something else is
 * where it or its folder was. `permissions`: only these were changed, and again since. `submodule`: a repository of its own.
 */
export type Obstacle = 'changed' | 'ignored-before' | 'unrecorded' | 'in-the-way' | 'permissions' | 'submodule'

export interface UndoPlan {
  restore: { path: ByteString; entry: TreeEntry }[]
  remove: ByteString[]
  /** Files that only get their permission bits back. */
  chmod: { path: ByteString; bits: number }[]
  conflicts: { path: ByteString; why: Obstacle }[]
  /** As before the task already. */
  already: ByteString[]
}

export interface UndoFacts {
  /** What the task did. */
  task: readonly TreeChange[]
  /** What happened since. */
  since: readonly TreeChange[]
  /** What the checkpoint before has no content of, and what the working tree now has none of. */
  unrecordedBefore: ReadonlySet<ByteString>
  unrecordedNow: ReadonlySet<ByteString>
  /** Files of the task that the ignore rules before it covered. */
  ignoredBefore: ReadonlySet<ByteString>
  /** Permissions that the task changed on files whose content it left. */
  permissions: PermissionPlan
  /** Files whose permissions somebody changed since. */
  permissionsSince: ReadonlySet<ByteString>
  /** Accepted, by a person who saw them as they are now, to be overwritten. */
  accepted: ReadonlySet<ByteString>
  /** The working tree now. */
  look: Look
  /** Files below a folder of the working tree now. */
  contentsOf: (folder: ByteString) => ByteString[]
}

/** These may be overwritten when a person says so: what is there now is recorded and can be had again. */
export const OVERWRITABLE: ReadonlySet<Obstacle> = new Set(['changed', 'ignored-before'])

/** Decides for every path that the task changed what undoing it means. Nothing is overwritten that only exists there. */
export function planUndo(facts: UndoFacts): UndoPlan {
  const plan: UndoPlan = { restore: [], remove: [], chmod: facts.permissions.chmod, conflicts: [], already: [] }
  const since = new Map(facts.since.map((change) => [change.path, change]))
  const restores: UndoPlan['restore'] = []
  for (const change of facts.task) {
    const { path, before, after } = change
    const later = since.get(path)
    const now = later ? later.after : after
    const why = obstacleTo(facts, change, now)
    if (sameEntry(now, before)) plan.already.push(path)
    else if (why && !(OVERWRITABLE.has(why) && facts.accepted.has(path))) plan.conflicts.push({ path, why })
    else if (before) restores.push({ path, entry: before })
    else plan.remove.push(path)
  }
  for (const path of facts.permissions.conflicts) plan.conflicts.push({ path, why: 'permissions' })
  const removed = new Set(plan.remove)
  for (const restore of restores) {
    if (hasRoom(facts, restore.path, removed)) plan.restore.push(restore)
    else plan.conflicts.push({ path: restore.path, why: 'in-the-way' })
  }
  return plan
}

function obstacleTo(facts: UndoFacts, { path, before, after }: TreeChange, now?: TreeEntry): Obstacle | undefined {
  if (isSubmodule(before) || isSubmodule(after) || isSubmodule(now)) return 'submodule'
  if ([path, ...foldersAbove(path)].some((part) => facts.unrecordedBefore.has(part) || facts.unrecordedNow.has(part)))
    return 'unrecorded'
  // Not in the tree of now, and yet something is there: ignored, or of a kind that git does not know.
  if (!now && facts.look(path)?.isDirectory() === false) return 'unrecorded'
  if (!sameEntry(now, after) || (now && facts.permissionsSince.has(path))) return 'changed'
  if (!before && facts.ignoredBefore.has(path)) return 'ignored-before'
  return undefined
}

/** The folders on the way are folders, or go; and where the file was is not a folder that keeps something. */
function hasRoom({ look, contentsOf }: UndoFacts, path: ByteString, removed: ReadonlySet<ByteString>): boolean {
  for (const folder of foldersAbove(path)) {
    const found = look(folder)
    if (!found) return true
    if (!found.isDirectory()) return removed.has(folder)
  }
  return !look(path)?.isDirectory() || contentsOf(path).every((inside) => removed.has(inside))
}
