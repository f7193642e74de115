import type { ByteString } from '../bytes.ts'
import { isExecutable, type Permissions, permissionsFor } from '../permissions.ts'

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
  const since = differing(after, now)
  for (const path of differing(before, after)) {
    if (changed.has(path)) continue
    const bits = bitsOf(before, path, after)
    if (!since.has(path)) plan.chmod.push({ path, bits })
    else if (bitsOf(now, path, before) !== bits) plan.conflicts.push(path)
  }
  return plan
}

/** Files whose bits are not the same in both, though git sees no difference. */
export function differing(one: Permissions, other: Permissions): Set<ByteString> {
  const named = new Set([...one.others.keys(), ...other.others.keys()])
  return new Set([...named].filter((path) => bitsOf(one, path, other) !== bitsOf(other, path, one)))
}

/** One of the two names the file, and the execute bit of the other is the same, or the trees would differ. */
function bitsOf(permissions: Permissions, path: ByteString, other: Permissions): number {
  const named = permissions.others.get(path) ?? other.others.get(path) ?? 0
  return permissionsFor(permissions, path, isExecutable(named))
}
