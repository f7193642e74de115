import { hash, randomUUID } from 'node:crypto'
import { openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Gives the bytes back. Throws when they are not what was put away. */
export type TakeBack = () => Buffer

/**
 * Puts bytes away that will probably never be needed, out of the memory of the process: into a file in `folder` that has
 * lost its name and goes with the process. Its digests stay here. Where no file can be written, the bytes stay, too.
 */
export function createStash(folder: string): (bytes: Buffer) => TakeBack {
  let file: number | undefined
  let end = 0
  let gathered: { bytes: Buffer; stay: Stay }[] = []
  let size = 0

  /** One write for many: a program has more than a thousand files. */
  function write(): void {
    const [all, parts] = [Buffer.concat(gathered.map(({ bytes }) => bytes)), gathered]
    gathered = []
    size = 0
    try {
      file ??= openNameless(folder)
      for (let done = 0; done < all.length; ) done += writeSync(file, all, done, all.length - done, end + done)
    } catch {
      return
    }
    for (const { bytes, stay } of parts) {
      stay.take = inFile(file, end, bytes.length, stay.digest)
      end += bytes.length
    }
  }

  return (bytes) => {
    const stay = stayIn(bytes)
    gathered.push({ bytes, stay })
    size += bytes.length
    if (size >= GATHER_BYTES) write()
    return () => {
      if (gathered.some((one) => one.stay === stay)) write()
      return stay.take()
    }
  }
}

const GATHER_BYTES = 256 * 1024

/** Where bytes are, until they are in the file. */
interface Stay {
  take: TakeBack
  digest: string
}

const stayIn = (bytes: Buffer): Stay => ({ take: inMemory(bytes), digest: hash('sha256', bytes) })

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
