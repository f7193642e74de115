import type { TaskSpec } from '../../core/types.ts'
import type { Problem } from '../problem.ts'

/** What waits for a role that nobody has would wait for ever. */
export function unknownRole(
  { role, origin }: Pick<TaskSpec, 'role' | 'origin'>,
  file: string,
  roles: readonly string[],
): Problem[] {
  if (role === undefined || roles.includes(role)) return []
  const known = roles.length > 0 ? `config.yaml has: ${roles.join(', ')}.` : 'config.yaml names none.'
  return [
    {
      ...{ file, line: origin.line ?? 1, column: 1, severity: 'error' },
      message: `There is no role ${role}`,
      hint: `${known} Name its members under \`roles\`.`,
    },
  ]
}
