import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Break, brokenBy } from './break.ts'

/** The program as it is called from a shell. */
export const BATON = join(import.meta.dirname, '../bin/baton.js')
const UP_WITHIN_MS = 20_000

/** The daemon as its user starts it, seen from outside. */
export interface DaemonProcess {
  /** Where HTTP listens. */
  url: string
  /** Everything it printed. */
  printed: () => string
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill: (signal: NodeJS.Signals) => void
}

/** Runs `baton start` in a home and settles once it is up. Throws when it does not come up. */
export async function startDaemonProcess(
  dir: string,
  { breaks, env = {} }: { breaks?: Break | undefined; env?: Record<string, string> } = {},
): Promise<DaemonProcess> {
  const broken = brokenBy(breaks)
  const child: ChildProcess = spawn(process.execPath, [...broken.args, BATON, 'start'], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, ...broken.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The daemon did not come up: ${printed}`)), UP_WITHIN_MS)
    const read = (chunk: Buffer) => {
      printed += chunk.toString()
      const address = /Dashboard: (http:\/\/[^\s/]+)/.exec(printed)?.[1]
      if (address !== undefined) resolve(address)
      if (address !== undefined) clearTimeout(timer)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    void ended.then(({ code, signal }) => reject(new Error(`The daemon ended with ${code ?? signal}: ${printed}`)))
  })
  return { url, printed: () => printed, ended, kill: (signal) => void child.kill(signal) }
}
