import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** One process of this machine. */
export interface ProcessInfo {
  pid: number
  ppid: number
  /** The system's own word for its start; with the pid it names one process for ever, restarts of the machine included. */
  startedAt: string
  /** Grows with the start time; 0 where the system does not say. */
  order: number
  /** Its session, by the pid of who began it; 0 where the system does not say. */
  session: number
}

/** Every process that lives, of this id or a greater one; what is dead and only waits to be collected is left out. */
export async function listProcesses(leastPid = 0): Promise<ProcessInfo[]> {
  return process.platform === 'linux' ? listProc(leastPid) : listPs()
}

/** One process; undefined when there is none of that pid. */
export async function findProcess(pid: number): Promise<ProcessInfo | undefined> {
  if (process.platform === 'linux') return readProc(pid, bootId())
  return (await listPs(['-p', String(pid)])).find((info) => info.pid === pid)
}

/** The command line, for people; empty when the process is gone. */
export async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? ''
  return ps(['-p', String(pid), '-o', 'command='])
}

/** Whatever was started by these, and by those in turn, as far as the parents live. */
export function below(roots: Set<number>, all: ProcessInfo[]): ProcessInfo[] {
  const children = Map.groupBy(all, (info) => info.ppid)
  const found = new Set<ProcessInfo>()
  const open = [...roots]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (roots.has(child.pid) || found.has(child)) continue
      found.add(child)
      open.push(child.pid)
    }
  }
  return [...found]
}

/** What the variable was when the process was started; undefined when it was not there, or cannot be told (outside Linux). */
export function variableOf(pid: number, name: string): string | undefined {
  if (process.platform !== 'linux') return pid === process.pid ? process.env[name] : undefined
  const found = `\0${readText(`/proc/${pid}/environ`) ?? ''}`.split(`\0${name}=`)[1]
  return found?.split('\0', 1)[0]
}

/** Those of them that were started with `NAME=value` in their environment. Best effort outside Linux. */
export async function withVariable(processes: ProcessInfo[], assignment: string): Promise<ProcessInfo[]> {
  if (processes.length === 0) return []
  if (process.platform === 'linux') {
    const variable = `\0${assignment}\0`
    return processes.filter(({ pid }) => `\0${readText(`/proc/${pid}/environ`) ?? ''}`.includes(variable))
  }
  const lines = (await ps(['-A', '-E', '-ww', '-o', 'pid=,command='])).split('\n')
  const marked = lines.filter((line) => ` ${line} `.includes(` ${assignment} `))
  const pids = new Set(marked.map((line) => Number.parseInt(line, 10)))
  return processes.filter(({ pid }) => pids.has(pid))
}

function listProc(leastPid: number): ProcessInfo[] {
  const boot = bootId()
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) >= leastPid)
    .flatMap((name) => readProc(Number(name), boot) ?? [])
}

function readProc(pid: number, boot: string): ProcessInfo | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name in parentheses may hold anything, parentheses too; the fields of proc(5) from the third on follow it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ppid, , session] = fields
  const ticks = fields[19]
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined
  return { pid, ppid: Number(ppid), startedAt: `${boot}-${ticks}`, order: Number(ticks), session: Number(session) }
}

/** Ticks since boot repeat after a restart of the machine. */
function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id')?.slice(0, 8) ?? ''
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Gone, or another user's.
    return undefined
  }
}

async function listPs(which: string[] = ['-A']): Promise<ProcessInfo[]> {
  const lines = (await ps([...which, '-o', 'pid=,ppid=,state=,lstart='])).split('\n')
  return lines.flatMap((line) => {
    const [, pid, ppid, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? []
    if (startedAt === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), ppid: Number(ppid), startedAt, order: Date.parse(startedAt) || 0, session: 0 }]
  })
}

/** Empty when `ps` finds nothing, which its exit code says. */
async function ps(args: string[]): Promise<string> {
  // Not by `import`: it is loaded for a look at the status too, which needs no other process on Linux.
  const run = promisify(process.getBuiltinModule('node:child_process').execFile)
  try {
    return (await run('ps', args, { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024 })).stdout.trim()
  } catch {
    return ''
  }
}
