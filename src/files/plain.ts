import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/**
 * Reads of files that somebody else may have made into something else: an agent or a user puts a pipe, a device, a folder
 * or a file without end where a text stood. What is opened here never waits for a writer, is a plain file (links to one
 * are followed) and is read up to a bound, so that no read ever blocks the process or fills its memory.
 */

/** What is at a path is not a plain file, or is larger than its reader can use. */
export class NotPlain extends Error {
  override name = 'NotPlain'
  readonly what: 'folder' | 'link' | 'special' | 'large'
  /** Of one that is too large, as far as that is known. */
  readonly bytes: number
  constructor(what: NotPlain['what'], message: string, bytes = 0) {
    super(message)
    this.what = what
    this.bytes = bytes
  }
}

/** More than any text that people or agents write by hand. */
const LARGEST_BYTES = 16 * 1024 * 1024
const CHUNK_BYTES = 64 * 1024

/** Without `O_NONBLOCK`, opening a pipe waits until somebody writes into it. It means nothing to a plain file. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens a plain file to be read. Throws NotPlain for anything else, and what the system says. */
export async function openPlain(path: string | Buffer): Promise<FileHandle> {
  const handle = await open(path, FLAGS)
  try {
    mustBePlain(await handle.stat(), path)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The same at once; gives a descriptor to be closed. */
export const openPlainSync = (path: string | Buffer): number => openSized(path).file

function openSized(path: string | Buffer): { file: number; size: number } {
  const file = openSync(path, FLAGS)
  try {
    const stats = fstatSync(file)
    mustBePlain(stats, path)
    return { file, size: stats.size }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** All bytes of a plain file of `atMost` bytes. Throws NotPlain for anything else, and what the system says. */
export async function readPlain(path: string | Buffer, atMost = LARGEST_BYTES): Promise<Buffer> {
  await using handle = await openPlain(path)
  const { size } = await handle.stat()
  const parts = gather(path, atMost, size)
  while (parts.wants()) {
    const room = parts.room()
    parts.take(room, (await handle.read(room, 0, room.length)).bytesRead)
  }
  return parts.all()
}

/** The same at once. `lend`: gives a buffer of at least that many bytes to read into; what is returned may be a part of it. */
export function readPlainSync(path: string | Buffer, atMost = LARGEST_BYTES, lend?: (bytes: number) => Buffer): Buffer {
  const { file, size } = openSized(path)
  try {
    const parts = gather(path, atMost, size, lend)
    while (parts.wants()) {
      const room = parts.room()
      parts.take(room, readSync(file, room))
    }
    return parts.all()
  } finally {
    closeSync(file)
  }
}

function mustBePlain(stats: Stats, path: string | Buffer): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw new NotPlain('folder', `${path} is a folder`)
  throw new NotPlain('special', `${path} is not a plain file`)
}

/** Up to the end of a file, which may be another than its size said: it grows, or the system does not know it. */
function gather(
  path: string | Buffer,
  atMost: number,
  size: number,
  lend: (bytes: number) => Buffer = Buffer.allocUnsafe,
) {
  const parts: Buffer[] = []
  let bytes = 0
  let isOver = false
  const bound = () => {
    const least = Math.max(bytes, size)
    if (least <= atMost) return
    throw new NotPlain('large', `${path} has more than ${atMost.toLocaleString('en')} bytes`, least)
  }
  bound()
  return {
    wants: () => !isOver,
    // One byte more than is expected: the read that finds the end comes along with the last one.
    room() {
      const wanted = Math.min(atMost + 1 - bytes, bytes === 0 ? size + 1 : CHUNK_BYTES)
      // Only once: what is in it is still needed.
      return bytes === 0 ? lend(wanted).subarray(0, wanted) : Buffer.allocUnsafe(wanted)
    },
    take(room: Buffer, read: number) {
      bytes += read
      if (read > 0) parts.push(room.subarray(0, read))
      isOver = read < room.length && (read === 0 || bytes >= size)
      bound()
    },
    all: () => (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)),
  }
}
