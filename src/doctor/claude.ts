import { type DoctorCheck, named } from './check.ts'

interface ClaudeFound {
  found: boolean
  version?: string
  /** Undefined: it cannot be told without asking the service. */
  loggedIn?: boolean | undefined
  problem?: string
  todo?: string
}

/** Looks for Claude Code: is it there, which one, logged in. */
export type CheckClaude = (command: string[], env: NodeJS.ProcessEnv, cwd: string) => Promise<ClaudeFound>

export async function checkClaudeCode(
  command: string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  look: CheckClaude,
): Promise<DoctorCheck> {
  const check = named('claude', { needed: true })
  const { found, version, loggedIn, problem, todo } = await look(command, env, cwd)
  const called = command.join(' ')
  if (!found)
    return check.fail(
      problem ?? `not found: ${called}`,
      todo ?? 'npm install -g @anthropic-ai/claude-code, or set claude.command.',
    )
  if (problem) return check.fail(problem, todo)
  if (loggedIn === false)
    return check.fail(`${version ?? called}, not logged in`, todo ?? 'Start claude once and log in.')
  return check.ok(
    `${version ?? called}${loggedIn ? ', logged in' : '; the first task will show whether it is logged in'}`,
  )
}
