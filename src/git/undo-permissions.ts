import type { ByteString } from './bytes.ts'
import { isExecutable, type Permissions, permissionsFor } from './permissions.ts'

export interface PermissionPlan {
  /** Bits to give back to files whose content stays. */
  chmod: { path: ByteString; bits: number }[]
  /** Changed by the task, and again since. */
  conflicts: ByteString[]
}

/**
 * Permissions that the task changed and git does not see (0644 to 0600). `changed` are the paths on which the trees differ:
 * they get their bits together with their content, or are conflicts already.
 */
export function planPermissions(
  before: Permissions,
  after: Permissions,
  now: Permissions,
  changed: ReadonlySet<ByteString>,
): PermissionPlan {
  const plan: PermissionPlan = { chmod: [], conflicts: [] }
  for (const path of new Set([...before.others.keys(), ...after.others.keys()])) {
    if (changed.has(path)) continue
    // One of the two is named, and the execute bit of the other is the same, or the trees would differ.
    const executable = isExecutable(before.others.get(path) ?? after.others.get(path) ?? 0)
    const bits = (permissions: Permissions) => permissionsFor(permissions, path, executable)
    if (bits(before) === bits(after) || bits(now) === bits(before)) continue
    if (bits(now) === bits(after)) plan.chmod.push({ path, bits: bits(before) })
    else plan.conflicts.push(path)
  }
  return plan
}
