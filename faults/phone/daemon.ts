import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Break, brokenBy } from '../break.ts'
import type { FaultHome } from '../home.ts'

/** The real daemon as a child process, as `baton start` runs it. */
export interface Daemon {
  pid: number
  /** Where its HTTP API listens; undefined when it ended before that. */
  url: Promise<string | undefined>
  stderr: () => string
  kill: (signal?: NodeJS.Signals) => void
  /** How it ended: a signal's name or an exit code. */
  ended: Promise<NodeJS.Signals | number>
}

export interface DaemonOptions {
  breaks: Break | undefined
  env?: Record<string, string>
  nodeArgs?: string[]
}

const PROGRAM = join(import.meta.dirname, '../../bin/baton.js')

/** Starts the daemon on a home. */
export function startDaemon(home: FaultHome, { breaks, env = {}, nodeArgs = [] }: DaemonOptions): Daemon {
  const broken = brokenBy(breaks)
  const child = spawn(process.execPath, [...nodeArgs, ...broken.args, PROGRAM, 'start'], {
    cwd: home.dir,
    env: {
      PATH: process.env.PATH,
      HOME: home.dir,
      CLAUDE_CONFIG_DIR: join(home.projectDir, 'sessions'),
      BATON_REHEARSAL_JOURNAL: home.journal,
      ...broken.env,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<NodeJS.Signals | number>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0))
  })
  const listening = Promise.withResolvers<string | undefined>()
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    const [url] = /http:\/\/[\d.]+:\d+/.exec(stdout) ?? []
    if (url !== undefined) listening.resolve(url)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-20_000)
  })
  void ended.then(() => listening.resolve(undefined))
  return {
    pid: child.pid ?? 0,
    url: listening.promise,
    stderr: () => stderr,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    ended,
  }
}
