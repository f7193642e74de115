import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../text/sha256.ts'
import { StoreError } from './open.ts'

/** Where a state folder is expected, claimed for this process. */
export interface ClaimedPlace {
  release: () => void
}

/**
 * Claims the place of a state folder, whatever is there: the lock goes away with the folder, and the next process
 * would find neither the lock nor the current state. A name that the system itself releases when the process ends does not
 * (Linux; elsewhere there is none, and only the lock counts). Throws StoreError when another process of this user has it.
 */
export async function claimPlace(dir: string): Promise<ClaimedPlace> {
  if (process.platform !== 'linux') return { release: () => undefined }
  const name = nameOf(dir)
  for (let tries = 0; tries < TRIES; tries++) {
    const server = createServer((socket) => socket.destroy())
    if (await listens(server, name)) {
      server.unref()
      return { release: () => void server.close() }
    }
    // The one before may just be ending: its lock is free a moment before its name is.
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
  const pid = holderOf(name)
  // Held by nobody of ours: another user must not be able to keep us from working.
  if (pid === undefined) return { release: () => undefined }
  throw new StoreError(
    'state-lost',
    `Process ${pid} is still running on a state folder that was at ${dir} and has been removed, moved or replaced. Stop it first (kill ${pid}); its log says where it saved its data.`,
  )
}

const TRIES = 10
const TRY_AGAIN_MS = 40

function nameOf(dir: string): string {
  const place = join(realpathSync(dirname(dir)), basename(dir))
  return `baton-${process.getuid?.() ?? 0}-${sha256(place).slice(0, 32)}`
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(`\0${name}`, () => resolve(true))
  })
}

/** The process of this user that has the name. */
function holderOf(name: string): number | undefined {
  const row = readFileSync('/proc/net/unix', 'latin1')
    .split('\n')
    .find((line) => line.split(/\s+/)[7]?.replace(/@+$/, '') === `@${name}`)
  const socket = `socket:[${row?.split(/\s+/)[6]}]`
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  const holds = (pid: string) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === socket)
    } catch {
      // Another user's, or gone.
      return false
    }
  }
  const pid = row && pids.find(holds)
  return pid === undefined || pid === '' ? undefined : Number(pid)
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
