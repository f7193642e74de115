import { readFileSync } from 'node:fs'
import { pathKindAt, whyNotStarted } from '../../files/not-started.ts'

/**
 * A mark that nothing started by an attempt can take off. Whatever it does (`env -i`, `setsid`, forking twice, `nohup`), each
 * process inherits its hard limits, and who is not root can only lower them. So the limit for POSIX message queues, which
 * hardly any program uses and which leaves room for those that do, is lowered to a number that is this attempt's own. Linux
 * shows it in /proc, of every process. Elsewhere, and where there is no `prlimit`, nothing is branded.
 */

/** What the kernel gives, in bytes. */
export const USUAL_LIMIT = 819_200
/** The least that a brand leaves. */
const LEAST = 409_600

/** A ceiling that leaves no room below it brands nothing. */
const FEWEST = 4_096

/** The brand of an attempt, where `ceiling` is the limit of who starts it; undefined: there is no room for one. */
export function brandOf(attemptId: string, ceiling: number): number | undefined {
  const room = ceiling - LEAST
  if (room < FEWEST) return undefined
  return (
    LEAST +
    (process.getBuiltinModule('node:crypto').createHash('sha256').update(attemptId).digest().readUInt32BE() % room)
  )
}

/** The hard limit of a process; undefined when it is gone, or the system does not tell. */
export function limitOf(pid: number | 'self'): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const hard = /^Max msgqueue size\s+\S+\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))?.[1]
    return hard === undefined || hard === 'unlimited' ? USUAL_LIMIT : Math.min(Number(hard), USUAL_LIMIT)
  } catch {
    return undefined
  }
}

/** Brands of what this process starts are below it; undefined: it cannot brand. */
export function ownCeiling(): number | undefined {
  return prlimit() === undefined ? undefined : limitOf('self')
}

/**
 * The command line that starts a program with the brand of an attempt, in the same process and with nothing else changed. The
 * command itself where it cannot be branded, or would not start anyway: its own error tells more. `dataBytes` limits the memory of
 * each of its processes.
 */
export function branded(
  command: readonly string[],
  attemptId: string,
  env: { PATH?: string | undefined },
  cwd = process.cwd(),
  { dataBytes }: { dataBytes?: number | undefined } = {},
): string[] {
  const ceiling = ownCeiling()
  const brand = ceiling === undefined ? undefined : brandOf(attemptId, ceiling)
  const program = prlimit()
  if (brand === undefined || program === undefined) return [...command]
  if (whyNotStarted(command[0] ?? '', { path: env.PATH, cwd })) return [...command]
  const data = dataBytes === undefined ? [] : [`--data=${dataBytes}:${dataBytes}`]
  return [program, `--msgqueue=${brand}:${brand}`, ...data, '--', ...command]
}

let found: string | null | undefined

function prlimit(): string | undefined {
  found ??= process.platform === 'linux' ? (PLACES.find((path) => pathKindAt(path) === 'program') ?? null) : null
  return found ?? undefined
}

/** Not looked for in PATH, which a project can change. */
const PLACES = ['/usr/bin/prlimit', '/bin/prlimit', '/usr/local/bin/prlimit', '/run/current-system/sw/bin/prlimit']
