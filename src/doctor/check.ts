/** One line of the doctor's answer. */
export interface DoctorCheck {
  name: string
  status: 'ok' | 'warn' | 'fail'
  /** What was found. */
  detail: string
  /** What to do about it. */
  todo?: string
  /** Without it no task can be worked on. */
  needed: boolean
}

/** Builds checks of one name, which is either needed for tasks or not. */
export function named(name: string, { needed }: { needed: boolean }) {
  return {
    ok: (detail: string): DoctorCheck => ({ name, status: 'ok', detail, needed }),
    warn: (detail: string, todo?: string): DoctorCheck => ({
      name,
      status: 'warn',
      detail,
      needed,
      ...(todo ? { todo } : {}),
    }),
    fail: (detail: string, todo?: string): DoctorCheck => ({
      name,
      status: 'fail',
      detail,
      needed,
      ...(todo ? { todo } : {}),
    }),
  }
}

/** 0: all well; 1: something is wrong, but tasks can be worked on; 2: they cannot. */
export function exitCodeOf(checks: readonly DoctorCheck[]): 0 | 1 | 2 {
  const failed = checks.filter(({ status }) => status === 'fail')
  if (failed.some(({ needed }) => needed)) return 2
  return failed.length > 0 ? 1 : 0
}

/** `1.2.3` is at least `1.2`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const have = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  for (const [index, part] of wanted.split('.').map(Number).entries()) {
    const own = have[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}
