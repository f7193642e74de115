import { hash, randomUUID } from 'node:crypto'
import { openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Gives the bytes back. Throws when they are not what was put away. */
export type TakeBack = () => Buffer

/**
 * Puts bytes away that will probably never be needed, out of the memory of the process: into a file in `folder` that has
 * lost its name and goes with the process. Its digests stay here. Where no file can be written, the bytes stay, too. The buffer
 * itself is the caller's again at once.
 */
export function createStash(folder: string): (bytes: Buffer) => TakeBack {
  let file: number | undefined
  let end = 0
  /** One write for many: a program has more than a thousand files. Kept, since buffers that come and go make the process large. */
  let room: Buffer | undefined
  let used = 0
  let gathered: Part[] = []

  /** `bytes` holds these parts, one behind the other. */
  function write(bytes: Buffer, parts: readonly Part[]): void {
    try {
      file ??= openNameless(folder)
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, end + done)
    } catch {
      let at = 0
      for (const { stay, length } of parts) {
        stay.take = inMemory(Buffer.from(bytes.subarray(at, at + length)))
        at += length
      }
      return
    }
    for (const { stay, length } of parts) {
      stay.take = inFile(file, end, length, stay.digest)
      end += length
    }
  }

  function writeGathered(): void {
    if (room) write(room.subarray(0, used), gathered)
    gathered = []
    used = 0
  }

  return (bytes) => {
    const stay: Stay = {
      digest: hash('sha256', bytes),
      take() {
        writeGathered()
        return stay.take()
      },
    }
    const part = { stay, length: bytes.length }
    if (used + bytes.length > GATHER_BYTES) writeGathered()
    if (bytes.length > GATHER_BYTES) write(bytes, [part])
    else {
      room ??= Buffer.allocUnsafeSlow(GATHER_BYTES)
      used += bytes.copy(room, used)
      gathered.push(part)
    }
    return () => stay.take()
  }
}

const GATHER_BYTES = 256 * 1024

/** Where bytes are now. */
interface Stay {
  take: TakeBack
  digest: string
}

interface Part {
  stay: Stay
  length: number
}

// Functions of their own: what is made beside the other would hold the bytes, too.
const inMemory = (bytes: Buffer) => () => bytes
const inFile = (file: number, at: number, length: number, digest: string) => () => {
  const back = readAt(file, at, length)
  if (hash('sha256', back) !== digest) throw new Error('What was put away to be given back is not what it was.')
  return back
}

function openNameless(folder: string): number {
  const path = join(folder, `${randomUUID()}.tmp`)
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return file
}

function readAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const read = readSync(file, bytes, done, length - done, at + done)
    if (read === 0) break
    done += read
  }
  return bytes
}
