import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Break, brokenBy } from './break.ts'

/** The program as it is called from a shell. */
export const BATON = join(import.meta.dirname, '../bin/baton.js')
// Patience, and no promise: a run of hours has the rest of a busy machine.
const UP_WITHIN_MS = 180_000

/** The daemon as its user starts it, seen from outside. */
export interface DaemonProcess {
  pid: number
  /** Where its HTTP API listens; undefined when it ended before that. */
  url: Promise<string | undefined>
  /** Everything it printed. */
  printed: () => string
  kill: (signal?: NodeJS.Signals) => void
  /** How it ended: a signal's name or an exit code. */
  ended: Promise<NodeJS.Signals | number>
}

export interface DaemonOptions {
  breaks?: Break | undefined
  env?: Record<string, string>
  nodeArgs?: string[]
}

/** Runs `baton start` in a home. */
export function startDaemonProcess(
  dir: string,
  { breaks, env = {}, nodeArgs = [] }: DaemonOptions = {},
): DaemonProcess {
  const broken = brokenBy(breaks)
  const child = spawn(process.execPath, [...nodeArgs, ...broken.args, BATON, 'start'], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, ...broken.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<NodeJS.Signals | number>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0))
  })
  const listening = Promise.withResolvers<string | undefined>()
  let printed = ''
  const read = (chunk: Buffer) => {
    printed += chunk.toString()
    const address = /Dashboard: (http:\/\/[^\s/]+)/.exec(printed)?.[1]
    if (address !== undefined) listening.resolve(address)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  void ended.then(() => listening.resolve(undefined))
  return {
    pid: child.pid ?? 0,
    url: listening.promise,
    printed: () => printed,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    ended,
  }
}

/** One that is up. */
export type RunningDaemon = Omit<DaemonProcess, 'url'> & { url: string }

/** The same, settled once it is up. Throws when it does not come up. */
export async function startRunningDaemon(dir: string, options: DaemonOptions): Promise<RunningDaemon> {
  const daemon = startDaemonProcess(dir, options)
  const timer = setTimeout(() => daemon.kill(), UP_WITHIN_MS)
  const url = await daemon.url
  clearTimeout(timer)
  if (url === undefined) throw new Error(`The daemon did not come up (${await daemon.ended}): ${daemon.printed()}`)
  return { ...daemon, url }
}
