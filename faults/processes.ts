import { readdirSync, readFileSync } from 'node:fs'

/** Processes that bear `NAME=value` in the environment they were started with, read from /proc (Linux). */
export function processesWith(name: string, value: string): number[] {
  const assignment = `\0${name}=${value}\0`
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => !isDead(pid) && `\0${read(`/proc/${pid}/environ`)}`.includes(assignment))
}

/**
 * For how long a process was ready and others had the processor, ms, from proc(5); what a busy machine makes it late by. 0
 * where the system does not say, or it is gone.
 */
export const waitedMs = (pid: number): number => Number(read(`/proc/${pid}/schedstat`).split(' ')[1] ?? 0) / 1e6

/** For how long a process has had a processor, ns, from proc(5); '' where the system does not say, or it is gone. */
export const ranNs = (pid: number): string => read(`/proc/${pid}/schedstat`).split(' ')[0] ?? ''

const MAX_COMMAND_CHARS = 160

/** The beginning of a process's command line, for people; empty when it is gone. */
export const commandOf = (pid: number): string =>
  read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, MAX_COMMAND_CHARS).trim()

/** Ends each of `pids` at once; one that is gone already is not an error. */
export function killNow(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
}

/** Dead and only waiting to be collected counts as gone. */
function isDead(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  return stat === '' || /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
