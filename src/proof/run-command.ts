import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { CheckResult } from '../core/types.ts'
import { whyNotStarted } from '../files/not-started.ts'
import { keepOutput } from './kept-output.ts'

export interface ShellCommandRequest {
  /** Text of the user's own for `/bin/sh`, or a program with its arguments. */
  command: string | readonly string[]
  /** What it is called; default: the command. */
  name?: string
  cwd: string
  /** Its whole environment. */
  env: Readonly<Record<string, string | undefined>>
  /** 0: no limit. */
  timeoutMs: number
  /** Makes of the words that start it those that really do, in the same process: with a mark, in a sandbox. */
  wrap?: (words: string[]) => string[]
  onStart?: (pid: number) => void
  /** Everything it prints, as it comes; a promise holds it back until it settles. */
  onOutput?: (chunk: Uint8Array) => unknown
  /** Ends it, and `runCommand` throws the signal's reason: what was interrupted did not fail. */
  signal?: AbortSignal
  /** Ends a process and everything that it started, also what has left its group; no harm when it is gone. */
  killTree: (pid: number) => Promise<unknown>
  /** How much of the output the result keeps. Default 16 KiB. */
  keepBytes?: number
}

/** A child that still holds the output after the command ended gets this long to finish. */
const DRAIN_MS = 500

/**
 * Runs one command of the user's in a process group of its own, and reports how it went. `/bin/sh -c` and not a login
 * shell: the same result on every machine and for every user, as `npm run`, make and CI do it; whoever wants a profile
 * writes `bash -lc '…'`. Nothing that the command started is left behind.
 */
export async function runShellCommand(request: ShellCommandRequest): Promise<CheckResult> {
  const { cwd, env, signal, timeoutMs, killTree } = request
  signal?.throwIfAborted()
  const kept = keepOutput(request.keepBytes ?? 16 * 1024)
  const startedAt = performance.now()
  const words = ['/bin/sh', '-c', JOINED, 'sh', ...argumentsOf(request.command)]
  const [file = '', ...args] = request.wrap?.(words) ?? words
  const child = execa(file, args, {
    cwd,
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stdin: 'ignore',
    stderr: 'ignore',
  })
  if (child.pid !== undefined) request.onStart?.(child.pid)
  let taken: Promise<unknown> | undefined
  child.stdout.on('data', (chunk: Uint8Array) => {
    kept.push(chunk)
    const answer = request.onOutput?.(chunk)
    if (!(answer instanceof Promise)) return
    taken = answer
    child.stdout.pause()
    const more = () => void child.stdout.resume()
    taken.then(more, more)
  })
  const over = new AbortController()
  const [how, exitCode, endedBy] = await Promise.race([
    new Promise<End>((ended) => child.once('exit', (code, by) => ended(['exit', code ?? undefined, by ?? undefined]))),
    child.then(
      (result): End => [result.exitCode === undefined && !result.signal ? 'not-started' : 'exit', result.exitCode],
    ),
    ...(timeoutMs > 0 ? [sleep(timeoutMs, ['timeout'] as End, { signal: over.signal })] : []),
    ...(signal
      ? [
          new Promise<End>((ended) =>
            signal.addEventListener('abort', () => ended(['abort']), { once: true, signal: over.signal }),
          ),
        ]
      : []),
  ])
  over.abort()
  if (child.pid !== undefined) {
    await killTree(child.pid)
    killGroup(child.pid)
  }
  await taken?.catch(() => {})
  await Promise.race([child, sleep(DRAIN_MS)])
  child.stdout.destroy()
  if (how === 'abort') throw signal?.reason
  const failure =
    how === 'not-started'
      ? (whyNotStarted(file, { path: env.PATH, cwd })?.text ?? (await child).shortMessage)
      : endedBy
        ? `Stopped by ${endedBy}.`
        : exitCode === NOT_EXECUTABLE && whyRefused(request, kept.text())
  return {
    name: request.name ?? shown(request.command),
    command: shown(request.command),
    ok: how === 'exit' && exitCode === 0,
    ...(exitCode === undefined ? {} : { exitCode }),
    durationMs: Math.round(performance.now() - startedAt),
    output: [kept.text(), failure].filter(Boolean).join('\n'),
    ...(how === 'timeout' ? { timedOut: true } : {}),
  }
}

/** With which a shell ends when it was not allowed to start a program. */
const NOT_EXECUTABLE = 126

/** The shell says "Permission denied" of a program that is nowhere, too, when a folder of PATH is closed to it. */
function whyRefused({ command, cwd, env }: ShellCommandRequest, output: string): string | undefined {
  const complaint = /(?:^|: )([^:\s]+): [^:]+$/.exec(output.trimEnd().split('\n').at(-1) ?? '')
  const program = typeof command === 'string' ? complaint?.[1] : command[0]
  const why = program && whyNotStarted(program, { path: env.PATH, cwd })
  return why ? `Could not be started: ${why.text}.` : undefined
}

type End = ['exit' | 'not-started' | 'timeout' | 'abort', exitCode?: number | undefined, signal?: string | undefined]

/** One pipe for what goes to either output keeps the order in which it was written. */
const JOINED = 'exec "$@" 2>&1'

function argumentsOf(command: string | readonly string[]): string[] {
  return typeof command === 'string' ? [...shellOf(command), '-c', command] : [...command]
}

/** `/bin/sh`, but for a script that names its shell in its first line: `#!/usr/bin/env bash`. */
function shellOf(script: string): string[] {
  const named = /^#![ \t]*(\/\S.*)/.exec(script)?.[1]
  return named === undefined ? ['/bin/sh'] : named.trim().split(/\s+/)
}

/** The command as people would type it. */
export function shown(command: string | readonly string[]): string {
  if (typeof command === 'string') return command
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}

/** What stayed behind in the background. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing did.
  }
}
