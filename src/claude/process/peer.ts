import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import { endianness } from 'node:os'
import { promisify } from 'node:util'
import { insiders, type KnownAttempts } from './inside.ts'

/** A connection as the one who was called sees it. */
export interface StandardStreams {
  localAddress?: string | undefined
  localPort?: number | undefined
  remoteAddress?: string | undefined
  remotePort?: number | undefined
}

/**
 * Who called: `inside`, a process of an attempt; `gone`, one of this machine that has let go of the connection, so that nobody
 * can say any more; undefined: somebody else.
 */
export async function callerOf(
  connection: StandardStreams,
  known: KnownAttempts,
): Promise<'inside' | 'gone' | undefined> {
  const { remotePort } = connection
  if (remotePort === undefined) return undefined
  if (process.platform === 'linux') {
    const socket = socketOf(connection)
    if (socket === undefined) return isLoopback(connection.remoteAddress) ? 'gone' : undefined
    if (socket === '0') return 'gone'
    // The other way round (whose is the socket, and is that one inside?) every open file of the machine would be looked at.
    if ((await insiders(known)).some((pid) => holds(pid, socket))) return 'inside'
    // Who has let go of it while we looked was not found for that reason.
    return socketOf(connection) === socket ? undefined : 'gone'
  }
  // Without brands nothing that is left of earlier attempts is recognised anyway, and lsof takes long.
  if (known.working.length === 0 || !isLoopback(connection.remoteAddress)) return undefined
  const inside = await insiders(known)
  return (await holdersByLsof(remotePort)).some((pid) => inside.includes(pid)) ? 'inside' : undefined
}

/** The number of the caller's socket, as /proc/net/tcp has it: 0 when no process holds it any more. */
function socketOf({ localAddress, localPort, remoteAddress, remotePort }: StandardStreams): string | undefined {
  if (localPort === undefined || remotePort === undefined) return undefined
  const here = bytesOf(localAddress)
  const there = bytesOf(remoteAddress)
  if (here === undefined || there === undefined) return undefined
  for (const table of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    for (const line of readLines(table)) {
      const fields = line.trim().split(/\s+/)
      // Theirs is the row that has our two ends the other way round.
      if (isEnd(fields[1], there, remotePort) && isEnd(fields[2], here, localPort)) return fields[9]
    }
  }
  return undefined
}

function isEnd(end: string | undefined, address: string, port: number): boolean {
  const [hex = '', hexPort = ''] = (end ?? '').split(':')
  return Number.parseInt(hexPort, 16) === port && inOrder(hex) === address
}

/** As the kernel writes addresses, words of 32 bits in the machine's order, in the order of the network and 16 bytes long. */
function inOrder(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length !== 4 && bytes.length !== 16) return ''
  if (endianness() === 'LE') bytes.swap32()
  return bytes.length === 4 ? `${MAPPED}${bytes.toString('hex')}` : bytes.toString('hex')
}

const MAPPED = '00000000000000000000ffff'

/** An address as 32 hexadecimal digits, IPv4 as IPv6 has it. */
function bytesOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const [plain = ''] = address.split('%')
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  if (four !== undefined && isIPv4(four)) return `${MAPPED}${Buffer.from(four.split('.').map(Number)).toString('hex')}`
  if (!isIPv6(plain)) return undefined
  const [before = '', after] = plain.split('::')
  const words = (text: string): string[] => (text === '' ? [] : text.split(':').map((word) => word.padStart(4, '0')))
  const [head, tail] = [words(before), words(after ?? '')]
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0000'), ...tail].join('').toLowerCase()
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^(?:::ffff:)?127\./i.test(address) || address === '::1')
}

function holds(pid: number, socket: string): boolean {
  const wanted = `socket:[${socket}]`
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === wanted
      } catch {
        return false
      }
    })
  } catch {
    // Gone, or another user's, who cannot be of ours.
    return false
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').slice(1)
  } catch {
    return []
  }
}

async function holdersByLsof(port: number): Promise<number[]> {
  try {
    const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fp'])
    const pids = stdout.split('\n').filter((line) => line.startsWith('p'))
    return pids.map((line) => Number(line.slice(1))).filter((pid) => pid !== process.pid)
  } catch {
    return []
  }
}
