import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { isStartError, whyNotStarted } from '../../files/not-started.ts'
import type { ClaudeStart } from '../types.ts'
import { branded } from './brand.ts'
import { ATTEMPT_MARK } from './environment.ts'
import { countForks, type ForkCount } from './later-pids.ts'
import { lowerPriority } from './lower-priority.ts'
import { killWhenOrphaned } from './orphan-guard.ts'
import { inScope, scopeWords } from './scope.ts'

/** How much of stderr is kept: its end says why. */
const STDERR_BYTES = 64 * 1024

interface Exit {
  exitCode?: number
  signal?: string
  spawnError?: { code: string; message: string }
}

/** The program as a process: three pipes and an end. */
export interface Program {
  pid: number | undefined
  /** What the machine had started before it. */
  before: ForkCount | undefined
  stdout: Readable | undefined
  /** Settles at the exit of the program itself, whoever still holds its pipes; never rejects. */
  exited: Promise<Exit>
  hasExited: () => boolean
  /** Writes one line; false when nobody reads any more. Never throws. */
  write: (message: object) => boolean
  closeStdin: () => void
  stderr: () => string
  terminate: () => void
  /** Lets go of the pipes. */
  release: () => void
}

/**
 * Starts the program in a process group of its own, so that a Ctrl-C meant for Baton does not reach it.
 * `node:child_process` rather than execa: the exit must be known while a grandchild still holds stdout.
 */
export function startProgram(start: Omit<ClaudeStart, 'prompt' | 'ready'>): Program {
  const [named = ''] = start.command
  let hasExited = false
  let writable = true
  let stderr: Buffer[] = []
  let stderrBytes = 0
  let child: ChildProcess | undefined
  let failure: unknown
  const before = countForks()
  try {
    const { memoryBytes } = start.limits
    const words = branded([...start.command, ...start.args], start.attemptId, start.env, start.cwd, {
      dataBytes: memoryBytes,
    })
    const [file = '', ...args] = inScope(words, start.limits, () => scopeWords(start.env))
    child = spawn(file, args, {
      cwd: start.cwd,
      env: { ...start.env, [ATTEMPT_MARK]: start.attemptId },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    })
  } catch (error) {
    failure = error
  }

  if (child?.pid !== undefined) lowerPriority(child.pid, start.nice)
  const dismissGuard = child?.pid !== undefined && child.stdin ? killWhenOrphaned(child.pid, child.stdin) : undefined
  const exited = new Promise<Exit>((resolve) => {
    if (child === undefined) return resolve({ spawnError: spawnError(failure, named, start) })
    child.once('exit', (exitCode, signal) =>
      resolve({ ...(exitCode !== null && { exitCode }), ...(signal !== null && { signal }) }),
    )
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ spawnError: spawnError(error, named, start) })
    })
  }).then((exit) => {
    hasExited = true
    dismissGuard?.()
    return exit
  })

  const stopWriting = (): void => {
    writable = false
  }
  // A program that is gone gives EPIPE at any moment.
  child?.stdin?.on('error', stopWriting).on('close', stopWriting)
  child?.stdout?.on('error', () => {})
  child?.stderr?.on('error', () => {})
  child?.stderr?.on('data', (chunk: Buffer) => {
    stderr.push(chunk)
    stderrBytes += chunk.length
    if (stderrBytes < 2 * STDERR_BYTES) return
    stderr = [Buffer.concat(stderr).subarray(-STDERR_BYTES)]
    stderrBytes = STDERR_BYTES
  })

  return {
    pid: child?.pid,
    before,
    stdout: child?.stdout ?? undefined,
    exited,
    hasExited: () => hasExited,
    write: (message) => {
      if (!writable || hasExited) return false
      child?.stdin?.write(`${JSON.stringify(message)}\n`)
      return child !== undefined
    },
    closeStdin: () => {
      stopWriting()
      child?.stdin?.end()
    },
    stderr: () => Buffer.concat(stderr).subarray(-STDERR_BYTES).toString('utf8'),
    terminate: () => {
      child?.kill('SIGTERM')
    },
    release: () => {
      child?.stdin?.destroy()
      child?.stdout?.destroy()
      child?.stderr?.destroy()
    },
  }
}

function spawnError(error: unknown, program: string, { cwd, env }: Pick<ClaudeStart, 'cwd' | 'env'>) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
  const why = isStartError(code) ? whyNotStarted(program, { path: env.PATH, cwd }) : undefined
  return { code, message: why?.text ?? (error instanceof Error ? error.message : String(error)) }
}
