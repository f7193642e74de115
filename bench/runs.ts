import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BATON = join(import.meta.dirname, '../bin/baton.js')

/** Runs a program to its end; throws when it fails. Gives its peak memory in MB where the system tells it. */
export async function run(
  program: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string>; input?: string; mayFail?: boolean },
): Promise<{ output: string; peakMb: number }> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  child.stdin.end(options.input ?? '')
  let peakMb = 0
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 50)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(look)
  const text = Buffer.concat(output).toString()
  if (code !== 0 && options.mayFail !== true)
    throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${text.slice(-2_000)}`)
  return { output: text, peakMb }
}

/** Peak resident memory of a live process, MB; 0 where /proc does not tell. */
export function peakOf(pid: number | undefined): number {
  return memoryOf(pid, 'VmHWM')
}

/** Resident memory of a live process now, MB. */
export function residentOf(pid: number | undefined): number {
  return memoryOf(pid, 'VmRSS')
}

function memoryOf(pid: number | undefined, field: string): number {
  if (pid === undefined) return 0
  try {
    const status = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024
  } catch {
    return 0
  }
}

/**
 * Set in every home: what is measured against a loop has its priority. Baton gives its Claude a lower one, which on a machine with other
 * work would be all that is measured.
 */
const AS_THE_LOOP = 'nice: 0\n'

/** A temporary home for a measured run of Baton. */
export function createBenchHome(
  tasks: string,
  config: string,
): {
  dir: string
  baton: (...args: string[]) => [string, string[]]
  /** Another configuration, until the next `reset`. */
  configure: (config: string) => void
  reset: () => void
  remove: () => void
} {
  const dir = mkdtempSync(join(tmpdir(), 'baton-bench-'))
  const configure = (text: string) => writeFileSync(join(dir, 'config.yaml'), AS_THE_LOOP + text)
  const reset = () => {
    rmSync(join(dir, '.baton'), { recursive: true, force: true })
    rmSync(join(dir, 'logs'), { recursive: true, force: true })
    mkdirSync(join(dir, 'tasks'), { recursive: true })
    writeFileSync(join(dir, 'tasks/today.md'), tasks)
    configure(config)
  }
  reset()
  return {
    dir,
    configure,
    baton: (...args) => [process.execPath, [BATON, ...args, '--home', dir]],
    reset,
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** A task file of `count` trivial tasks. */
export function trivialTasks(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `## Task ${i + 1}: Trivial ${i + 1}\n**Claude Instruction:**\nSay ok.\n`,
  ).join('\n')
}
