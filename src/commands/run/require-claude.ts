import { claudeEnvironment } from '../../claude/process/environment.ts'
import { checkClaude } from '../../claude/start/check.ts'
import { knownVersions } from '../../claude/start/known-version.ts'
import { isOlder, OLDEST } from '../../claude/start/version.ts'
import type { ProjectConfig } from '../../config/types.ts'
import { batonError } from '../../errors.ts'

/** Refuses to start where Claude is missing, too old or not logged in. Throws BatonError with one clear line. */
export async function requireClaude(
  { claude, path }: ProjectConfig,
  env: NodeJS.ProcessEnv,
  stateDir: string,
): Promise<void> {
  const command = claude.command.join(' ')
  const { found, version, loggedIn, problem } = await checkClaude(
    claude.command,
    claudeEnvironment(env, claude.env),
    path,
    knownVersions(stateDir),
  )
  if (problem === undefined) return
  if (!found) throw batonError('claude-missing', { problem })
  if (isOlder(version, OLDEST)) throw batonError('claude-too-old', { version: version ?? '', needed: OLDEST.join('.') })
  if (loggedIn === false) throw batonError('claude-logged-out')
  throw batonError('claude-unusable', { command, problem })
}
