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

const WITHOUT_CHANNEL = {
  slack: 'who is in it is asked only if slack.users has them: there is no channel to ask a group in',
  discord:
    'who has it is not asked: there is no channel to ask in, and in private chats Discord does not say who has a role',
}

/**
 * Groups of people that `roles` name on a platform, where no channel is configured: only in one are people asked who are not listed
 * by name.
 */
export function groupsWithoutChannel(
  platform: 'slack' | 'discord',
  roles: Readonly<Record<string, readonly string[]>>,
  channel: string | undefined,
): DoctorCheck[] {
  const groups = [...new Set(Object.values(roles).flat())].filter((member) => member.startsWith(`${platform}-`))
  if (groups.length === 0 || channel !== undefined) return []
  return [
    named(`${platform} groups`, { needed: false }).warn(
      `${groups.join(', ')}: ${WITHOUT_CHANNEL[platform]}`,
      `Set ${platform}.channel, or name people in \`roles\` instead of groups.`,
    ),
  ]
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
