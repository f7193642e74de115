import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../errors/catalogue.ts'
import { explain } from '../../errors.ts'
import { openLog } from '../../log.ts'
import { redactor } from '../../redact/redact.ts'
import { loadConfig } from '../state/load-config.ts'
import { diagnose, type Shell } from './shell.ts'

/**
 * Says what went wrong and what to do, on stderr, and gives the exit code that belongs to it. With `json` it is one object
 * on stdout, for the program that reads there.
 */
export async function reportError(
  shell: Pick<Shell, 'home' | 'env' | 'stdout' | 'stderr'>,
  error: unknown,
  json = false,
): Promise<ExitCode> {
  const { code, title, hint, exitCode } = explain(error)
  if (code === 'internal') await noteDefect(shell, error)
  if (json) {
    shell.stdout.write(`${JSON.stringify({ error: { code, message: title, hint: hint ?? null } })}\n`)
    return exitCode
  }
  const lines = title.split('\n')
  // Problems in files begin with their place, which editors and people look for at the beginning of a line.
  const last = lines.pop() ?? title
  diagnose(shell, [...lines, `error: ${last}`, ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'))
  return exitCode
}

/** Writes what nobody foresaw into Baton's own log; where that is impossible, its details go to stderr. */
async function noteDefect(shell: Pick<Shell, 'home' | 'env' | 'stderr'>, error: unknown): Promise<void> {
  const quiet = { ...shell, stderr: { write: () => true } as unknown as NodeJS.WriteStream }
  try {
    const loaded = await loadConfig(quiet).catch(() => undefined)
    const dir = loaded?.config.logsDir ?? join(shell.home, 'logs')
    // No folder of logs is made where nobody wants one.
    if (!existsSync(dir)) throw error
    const { log, close } = await openLog({ dir, level: 'error', redact: loaded?.redact ?? redactor([]) })
    log.error({ err: error }, 'The program crashed')
    close()
  } catch {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
    shell.stderr.write(`${redactor([])(details)}\n`)
  }
}
