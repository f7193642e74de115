import { randomBytes } from 'node:crypto'
import { renameSync, statSync } from 'node:fs'
import { type FileHandle, link, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a file must have been left alone: editors that write in place need a moment for it. */
export const quietMs = 20

export interface Exchanged {
  /** The path holds the new bytes. */
  done: boolean
  /** What stands at the path now. */
  standing: Buffer
  /** What somebody else wrote meanwhile: at the path, or, when `done`, into the file that was replaced. */
  edited?: Buffer
}

/**
 * Puts `bytes` in the place of a file that held `standing`, at once: written and flushed beside it, then renamed. Looks
 * right before whether it is still that file, and right after whether it held that to the end. Between the first look and
 * the exchange lie two calls to the system and no turn of the event loop.
 */
export async function exchange(file: string, standing: Buffer, bytes: Buffer): Promise<Exchanged> {
  const old = await open(file, 'r')
  const temporary = temporaryFor(file)
  try {
    await writeFlushed(temporary, bytes, old)
    const { ino, dev } = await old.stat({ bigint: true })
    const held = await readWhole(old)
    const found = held.equals(standing) ? statSync(file, { bigint: true }) : undefined
    if (found?.ino !== ino || found.dev !== dev) {
      await rm(temporary)
      const now = await readFile(file)
      return { done: false, standing: now, edited: now }
    }
    renameSync(temporary, file)
    const late = await readSettled(old, standing)
    await flushFolder(dirname(file))
    return { done: true, standing: bytes, ...(late.equals(standing) ? {} : { edited: late }) }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await old.close()
  }
}

/** Makes a file that holds `bytes` from its first moment on; false when there is one already. */
export async function createFile(file: string, bytes: Buffer): Promise<boolean> {
  const temporary = temporaryFor(file)
  try {
    await writeFlushed(temporary, bytes)
    await link(temporary, file)
    await flushFolder(dirname(file))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The bytes of a file that was not written in the last moment. */
export async function readQuiet(file: string): Promise<Buffer> {
  for (let tries = 0; tries < 5; tries++) {
    const ageMs = Date.now() - (await stat(file)).mtimeMs
    if (ageMs < 0 || ageMs >= quietMs) break
    await sleep(quietMs - ageMs)
  }
  return readFile(file)
}

/** Removes what writers left behind that were killed in between. */
export async function sweepTemporary(file: string): Promise<void> {
  const prefix = prefixFor(file)
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(prefix)) continue
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    if (pid !== process.pid && !isAlive(pid)) await rm(join(dirname(file), name), { force: true })
  }
}

function temporaryFor(file: string): string {
  return join(dirname(file), `${prefixFor(file)}${process.pid}-${randomBytes(6).toString('hex')}`)
}

function prefixFor(file: string): string {
  return `.${basename(file).slice(0, 100)}.baton-`
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function writeFlushed(path: string, bytes: Buffer, like?: FileHandle): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(bytes)
    if (like) {
      const { mode, uid, gid } = await like.stat()
      // Only root may give a file to somebody else; otherwise it stays with the writer.
      await handle.chown(uid, gid).catch(() => undefined)
      await handle.chmod(mode & 0o7777)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What an open file holds; when that is not `expected`, what it holds once nobody writes into it any more. */
async function readSettled(handle: FileHandle, expected: Buffer): Promise<Buffer> {
  let found = await readWhole(handle)
  for (let tries = 0; tries < 50 && !found.equals(expected); tries++) {
    await sleep(quietMs)
    const again = await readWhole(handle)
    if (again.equals(found)) break
    found = again
  }
  return found
}

async function readWhole(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat()
  const buffer = Buffer.alloc(size)
  const { bytesRead } = await handle.read(buffer, 0, size, 0)
  return buffer.subarray(0, bytesRead)
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  // Some systems cannot flush a folder; the file itself is flushed all the same.
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
