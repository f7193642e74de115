import type { Stats } from 'node:fs'
import type { ByteString } from './bytes.ts'

/**
 * Permission bits beyond the one that git keeps. Most files of a project have the same two, with and without execute;
 * those are remembered once, and the others (a key with 0600) by name.
 */
export interface Permissions {
  plain: number
  executable: number
  others: Map<ByteString, number>
}

/** Permissions as JSON. */
export interface StoredPermissions {
  plain: number
  executable: number
  others: [ByteString, number][]
}

/** The commonest bits among the files looked at, and the files that have others. */
export function permissionsOf(files: ReadonlyMap<ByteString, Stats>): Permissions {
  const counts = new Map<number, number>()
  for (const { mode } of files.values()) counts.set(mode & 0o777, (counts.get(mode & 0o777) ?? 0) + 1)
  const commonest = (executable: boolean, otherwise: number) =>
    [...counts].filter(([bits]) => isExecutable(bits) === executable).sort((a, b) => b[1] - a[1])[0]?.[0] ?? otherwise
  const permissions = { plain: commonest(false, 0o644), executable: commonest(true, 0o755), others: new Map() }
  for (const [path, found] of files) notePermissions(permissions, path, found)
  return permissions
}

/** Notes what was seen of one file; without stats when it is gone or no plain file any more. */
export function notePermissions(permissions: Permissions, path: ByteString, found?: Stats): void {
  const bits = found && found.mode & 0o777
  if (bits === undefined || bits === usualFor(permissions, isExecutable(bits))) permissions.others.delete(path)
  else permissions.others.set(path, bits)
}

export function permissionsFor(permissions: Permissions, path: ByteString, executable: boolean): number {
  return permissions.others.get(path) ?? usualFor(permissions, executable)
}

export function storePermissions({ others, ...usual }: Permissions): StoredPermissions {
  return { ...usual, others: [...others] }
}

export function loadPermissions({ others, ...usual }: StoredPermissions): Permissions {
  return { ...usual, others: new Map(others) }
}

function usualFor(permissions: Permissions, executable: boolean): number {
  return executable ? permissions.executable : permissions.plain
}

/** The bit that makes a file executable to git. */
export function isExecutable(bits: number): boolean {
  return (bits & 0o100) !== 0
}
