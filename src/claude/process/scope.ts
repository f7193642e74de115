import { spawnSync } from 'node:child_process'
import { pathKindAt } from '../../files/not-started.ts'
import type { ClaudeLimits } from '../types.ts'

/** Not looked for in PATH, which a project can change. */
const PLACES = ['/usr/bin/systemd-run', '/bin/systemd-run', '/run/current-system/sw/bin/systemd-run']
const PATIENCE_MS = 3_000

type Env = Readonly<Record<string, string | undefined>>

/** What leads to the systemd of a user. */
const LEADS = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'HOME']

/** Where one process was too greedy, the others in its scope continue, and Claude hears of it from its tool. Older versions do not know that property. */
const SCOPES = [
  ['--user', '--scope', '--quiet', '--collect', '-p', 'OOMPolicy=continue'],
  ['--user', '--scope', '--quiet', '--collect'],
]

const tried = new Map<string, string[] | undefined>()

/**
 * The words before a command that start it in a scope of its own, where this user has a systemd that does so; tried once. Not
 * in containers. `env` is that of the command: what Baton itself reaches, Claude's environment may not lead to.
 */
export function scopeWords(env: Env, places: readonly string[] = PLACES): string[] | undefined {
  const key = JSON.stringify([places, ...LEADS.map((name) => env[name])])
  if (!tried.has(key)) tried.set(key, findScope(env, places))
  return tried.get(key)
}

function findScope(env: Env, places: readonly string[]): string[] | undefined {
  const program = places.find((path) => pathKindAt(path) === 'program')
  if (program === undefined) return undefined
  const found = SCOPES.find((options) => works(program, options, env))
  return found && [program, ...found]
}

function works(program: string, options: readonly string[], env: Env): boolean {
  const started = spawnSync(program, [...options, '--', 'true'], { stdio: 'ignore', timeout: PATIENCE_MS, env })
  return started.status === 0
}

/**
 * The command line that starts a program within a scope of its own, as the same process: the kernel then holds it and all
 * that it starts to the limits. Without a scope, or without limits, the command itself.
 */
export function inScope(
  command: readonly string[],
  { memoryBytes, cpus }: Pick<ClaudeLimits, 'memoryBytes' | 'cpus'>,
  findWords: () => readonly string[] | undefined,
): string[] {
  // Looking for it starts a process and waits for it.
  const words = memoryBytes === undefined && cpus === undefined ? undefined : findWords()
  if (words === undefined) return [...command]
  const properties = [
    ...(memoryBytes === undefined ? [] : ['-p', `MemoryMax=${memoryBytes}`]),
    ...(cpus === undefined ? [] : ['-p', `CPUQuota=${Math.round(cpus * 100)}%`]),
  ]
  return [...words, ...properties, '--', ...command]
}
