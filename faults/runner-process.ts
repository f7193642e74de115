import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Command } from '../src/core/commands/commands.ts'
import type { Reply } from '../src/core/inputs.ts'
import type { Ask, BatonEvent } from '../src/core/types.ts'
import type { RunView, StatusView } from '../src/daemon/api/views.ts'
import type { Holder } from '../src/store/lock.ts'
import { type Break, brokenBy } from './break.ts'
import type { FaultHome } from './home.ts'

/** What the program in `programs/runner.ts` tells. */
export type Told =
  | { is: 'opened'; lastSeq: number; ms: number; asks: Ask[]; run?: RunView }
  | { is: 'refused'; holder: Holder }
  | { is: 'working'; ms: number }
  | { is: 'event'; event: BatonEvent }
  | { is: 'trouble' | 'error'; text: string }
  | { is: 'reply'; key: string; reply: Reply }
  | { is: 'ask'; ask?: Ask }
  | { is: 'status'; status: StatusView; health: { worker: 'ok' | 'dead'; error?: string } }
  | { is: 'memory'; heapBytes: number; rssBytes: number }
  | { is: 'stopped'; ms: number }

export type ToldOf<T extends Told['is']> = Extract<Told, { is: T }>

export type RunnerOrder =
  | { do: 'command'; key: string; command: Command }
  | { do: 'memory' | 'status' }
  | { do: 'ask'; id: string }

/** A runner as a child process, seen from outside. */
export interface RunnerProcess {
  pid: number
  told: Told[]
  stderr: () => string
  /** Never throws: who is dead hears nothing. */
  say: (command: RunnerOrder) => void
  on: (listener: (told: Told) => void) => void
  /** The next line (also one told already) of that kind that fits; undefined once the process has ended or time is up. */
  until: <T extends Told['is']>(
    is: T,
    fits?: (told: ToldOf<T>) => boolean,
    limitMs?: number,
  ) => Promise<ToldOf<T> | undefined>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill: (signal?: NodeJS.Signals) => void
}

export interface StartOptions {
  breaks?: Break | undefined
  env?: Record<string, string>
  nodeArgs?: string[]
  /** Runs node through another program: `['strace', '-f']`. */
  through?: string[]
}

const PROGRAM = join(import.meta.dirname, 'programs/runner.ts')
const LIMIT_MS = 20_000

/** Starts a runner on a home. */
export function startRunner(home: FaultHome, options: StartOptions = {}): RunnerProcess {
  const broken = brokenBy(options.breaks)
  const [file = '', ...args] = [
    ...(options.through ?? []),
    process.execPath,
    ...(options.nodeArgs ?? []),
    ...broken.args,
    PROGRAM,
    home.dir,
  ]
  const child: ChildProcess = spawn(file, args, {
    env: {
      PATH: process.env.PATH,
      HOME: home.dir,
      ...home.agentEnv,
      ...broken.env,
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const told: Told[] = []
  const listeners = new Set<(told: Told) => void>()
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-20_000)
  })
  child.stdin?.on('error', () => undefined)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const what = readLine(line)
      if (!what) return
      told.push(what)
      for (const listener of [...listeners]) listener(what)
    })
  }
  return {
    pid: child.pid ?? 0,
    told,
    stderr: () => stderr,
    say: (command) => {
      if (child.stdin?.writable) child.stdin.write(`${JSON.stringify(command)}\n`)
    },
    on: (listener) => void listeners.add(listener),
    until: (is, fits = () => true, limitMs = LIMIT_MS) =>
      new Promise((resolve) => {
        const look = (what: Told) => {
          if (what.is === is && fits(what as never)) finish(what as never)
        }
        const finish = (found: never | undefined) => {
          clearTimeout(timer)
          listeners.delete(look)
          resolve(found)
        }
        const timer = setTimeout(() => finish(undefined), limitMs)
        const known = told.find((what) => what.is === is && fits(what as never))
        if (known) return finish(known as never)
        listeners.add(look)
        void ended.then(() => finish(undefined))
      }),
    ended,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  }
}

/** A line that was cut by a kill is none. */
function readLine(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told
  } catch {
    return undefined
  }
}
