import type { ExitCode } from '../../errors/catalogue.ts'
import { explain } from '../../errors.ts'
import { noteDefect } from './note-defect.ts'
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
