import { spawnSync } from 'node:child_process'
import { pathKindAt } from '../../files/not-started.ts'
import type { ClaudeLimits } from '../types.ts'

/** Not looked for in PATH, which a project can change. */
const PLACES = ['/usr/bin/systemd-run', '/bin/systemd-run', '/run/current-system/sw/bin/systemd-run']
const PATIENCE_MS = 3_000

let found: string | null | undefined

/** The program that gives a process limits of its own, where this user has a systemd that does; tried once. Not in containers. */
export function scopeProgram(): string | undefined {
  found ??= PLACES.find((path) => pathKindAt(path) === 'program' && works(path)) ?? null
  return found ?? undefined
}

function works(program: string): boolean {
  const tried = spawnSync(program, ['--user', '--scope', '--quiet', 'true'], { stdio: 'ignore', timeout: PATIENCE_MS })
  return tried.status === 0
}

/**
 * The command line that starts a program within a scope of its own, as the same process: the kernel then holds it and all
 * that it starts to the limits. Without a program for that, or without limits, the command itself.
 */
export function inScope(
  command: readonly string[],
  { memoryBytes, cpus }: Pick<ClaudeLimits, 'memoryBytes' | 'cpus'>,
  findProgram: () => string | undefined,
): string[] {
  // Looking for it starts a process and waits for it.
  const program = memoryBytes === undefined && cpus === undefined ? undefined : findProgram()
  if (program === undefined) return [...command]
  const properties = [
    ...(memoryBytes === undefined ? [] : ['-p', `MemoryMax=${memoryBytes}`]),
    ...(cpus === undefined ? [] : ['-p', `CPUQuota=${Math.round(cpus * 100)}%`]),
  ]
  return [program, '--user', '--scope', '--quiet', '--collect', ...properties, '--', ...command]
}
