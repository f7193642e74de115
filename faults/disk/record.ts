import { execFileSync, spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One thing that a program did to its files, in the order in which the system finished it. */
export type DiskCall =
  | { do: 'open'; path: string; fd: number; create: boolean; truncate: boolean; append: boolean }
  | { do: 'close'; fd: number }
  /** Without `at`: where the file stands. */
  | { do: 'write'; fd: number; bytes: Buffer; at?: number }
  | { do: 'truncate'; fd: number; size: number }
  | { do: 'sync'; fd: number }
  | { do: 'rename'; from: string; to: string }
  | { do: 'remove'; path: string }

const TRACED =
  'open,openat,close,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,lseek'

/** Why nothing can be recorded here, in words; undefined where strace can be used. */
export function missingStrace(): string | undefined {
  const { error, status } = spawnSync('strace', ['-e', 'trace=none', 'true'], { stdio: 'ignore' })
  if (error) return 'it needs strace, which is not installed'
  return status === 0 ? undefined : 'it needs strace, which is not allowed to trace here'
}

/** Runs a program under strace; its calls go into `log`. Throws when it fails. */
export function record(log: string, command: string[], env: Record<string, string | undefined>): void {
  const options = ['-f', '-xx', '-s', '1000000', '-e', `trace=${TRACED}`, '-o', log]
  execFileSync('strace', [...options, ...command], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Reads what `record` wrote. Calls of several threads that overlap count at their end. */
export async function* readLog(log: string): AsyncGenerator<DiskCall> {
  const begun = new Map<string, string>()
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(pid, rest.slice(0, -'<unfinished ...>'.length).trimEnd())
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1]
    const call = readCall(resumed === undefined ? rest : `${begun.get(pid) ?? ''}${resumed}`)
    if (call) yield call
  }
}

function readCall(text: string): DiskCall | undefined {
  const [, name, inside = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/s.exec(text) ?? []
  if (name === undefined || result.startsWith('-')) return undefined
  const parts = inside.split(/, (?=[^"]*(?:"[^"]*"[^"]*)*$)/)
  const number = (i: number) => Number.parseInt(parts[i] ?? '', 10)
  switch (name) {
    case 'open':
    case 'openat': {
      const flags = parts.find((part) => part.startsWith('O_')) ?? ''
      const [create, truncate, append] = ['O_CREAT', 'O_TRUNC', 'O_APPEND'].map((flag) => flags.includes(flag))
      const path = textOf(parts.find((part) => part.startsWith('"')))
      return { do: 'open', path, fd: Number(result), create: !!create, truncate: !!truncate, append: !!append }
    }
    case 'close':
      return { do: 'close', fd: number(0) }
    case 'write':
      return { do: 'write', fd: number(0), bytes: bytesOf(parts[1]).subarray(0, Number(result)) }
    case 'pwrite64':
      return { do: 'write', fd: number(0), bytes: bytesOf(parts[1]).subarray(0, Number(result)), at: number(3) }
    case 'ftruncate':
      return { do: 'truncate', fd: number(0), size: number(1) }
    case 'fsync':
    case 'fdatasync':
      return { do: 'sync', fd: number(0) }
    case 'rename':
    case 'renameat':
    case 'renameat2': {
      const [from, to] = parts.filter((part) => part.startsWith('"')).map(textOf)
      return { do: 'rename', from: from ?? '', to: to ?? '' }
    }
    case 'unlink':
    case 'unlinkat':
      return { do: 'remove', path: textOf(parts.find((part) => part.startsWith('"'))) }
    default:
      // A call of a kind that is not modelled must not be left out silently.
      if (name === 'lseek') return undefined
      throw new Error(`The log has a call that is not understood: ${text.slice(0, 200)}`)
  }
}

const bytesOf = (quoted = '') => Buffer.from(quoted.replaceAll(/["\\x]/g, ''), 'hex')
const textOf = (quoted?: string) => bytesOf(quoted).toString('utf8')
