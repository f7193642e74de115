import { randomBytes } from 'node:crypto'
import { constants, fstatSync, readdirSync, readSync, renameSync, statSync } from 'node:fs'
import { type FileHandle, link, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NotPlain, openPlain, readPlain } from '../../files/plain.ts'
import { largestFileBytes } from '../text/bytes.ts'

/** How long a file must have been left alone: editors that write in place need a moment for it. */
export const quietMs = 40
/** A file that is never left alone is read anyway after so many looks. */
const mostLooks = 50

/** Whether the path holds the new bytes; `late` is what somebody else wrote into the old file up to the last moment. */
export interface Exchanged {
  done: boolean
  late?: Buffer
}

/**
 * Puts `bytes` in the place of a file that held `standing`, at once: written and flushed beside it, then renamed. Looks
 * right before whether it is still that file with that content, and right after whether the content stayed to the end. No
 * system call can do both in one; an editor that saves by an exchange of its own, though, writes a new file beside the old
 * one first: where one has come up, this one holds back (unless `hasty`: another program may be working in the folder).
 */
export async function exchange(file: string, standing: Buffer, bytes: Buffer, hasty: boolean): Promise<Exchanged> {
  const old = await openPlain(file)
  const temporary = temporaryFor(file)
  const around = hasty ? undefined : namesAround(file)
  try {
    await writeFlushed(temporary, bytes, old)
    const done = isUnchanged(old.fd, standing) && (hasty || namesAround(file) === around) && isAt(file, old.fd)
    if (done) renameSync(temporary, file)
    else await rm(temporary)
    const late = done && !isUnchanged(old.fd, standing)
    if (done) await flushFolder(dirname(file))
    return { done, ...(late ? { late: await readSettled(old.fd) } : {}) }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await old.close()
  }
}

function isUnchanged(file: number, expected: Buffer): boolean {
  return readWhole(file).equals(expected)
}

function isAt(path: string, file: number): boolean {
  const [there, here] = [statSync(path), fstatSync(file)]
  return there.ino === here.ino && there.dev === here.dev
}

/** What is in the folder of a file, our own temporary files aside. */
function namesAround(file: string): string {
  const prefix = prefixFor(file)
  return readdirSync(dirname(file))
    .filter((name) => !name.startsWith(prefix))
    .join('/')
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
  for (let looks = 0; looks < mostLooks; looks++) {
    const ageMs = Date.now() - (await stat(file)).mtimeMs
    if (ageMs < 0 || ageMs >= quietMs) break
    await sleep(quietMs - ageMs)
  }
  return readPlain(file, largestFileBytes)
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

/** What an open file holds once nobody writes into it any more. */
async function readSettled(file: number): Promise<Buffer> {
  let found = readWhole(file)
  for (let looks = 0; looks < mostLooks; looks++) {
    await sleep(quietMs)
    const again = readWhole(file)
    if (again.equals(found)) break
    found = again
  }
  return found
}

function readWhole(file: number): Buffer {
  const { size } = fstatSync(file)
  if (size > largestFileBytes) throw new NotPlain('large', 'It has become too large for a task file', size)
  const buffer = Buffer.alloc(size)
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0))
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)).catch(() => undefined)
  // Some systems cannot flush a folder; the file itself is flushed anyway.
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
