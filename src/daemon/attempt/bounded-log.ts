import { createWriteStream, fstatSync, type WriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openPlain } from '../../files/plain.ts'
import { openPrivateAppend, privateFolder } from '../../files/private.ts'

/** A file that is appended to and never grows beyond a bound: its beginning and its end are kept. */
export interface BoundedLog {
  /** Whole lines. Settles when there is room for more; absent where there is. */
  write: (data: string | Buffer) => Promise<void> | undefined
  close: () => Promise<void>
}

export interface BoundedLogPorts {
  maxBytes: number
  /** A line about entries that could not be written. */
  gap: (lost: number) => string
  /** The line (ASCII, with its line end) in place of the bytes that were left out, and how to find it and its number again. */
  leftOut: { say: (bytes: number) => string; read: RegExp }
  onError: (error: Error) => void
}

/** How long to wait after a failed write. */
const REST_MS = 5_000
/** How much is read or copied at a time: parts of a megabyte leave as much behind as the whole file is long. */
const PART_BYTES = 64 * 1024
const LONGEST_NOTE_BYTES = 200
const NEWLINE = 0x0a

/**
 * Opens (appends to) such a file. When it is full, what is between its first half and its last quarter is taken out,
 * in whole lines, and one line says how much that was; so the file can be read and followed at any time. A file that
 * cannot be written is reopened some time later.
 */
export function openBoundedLog(file: string, ports: BoundedLogPorts): BoundedLog {
  const { maxBytes } = ports
  let stream: WriteStream | undefined
  let bytes = 0
  let restsUntilMs = 0
  let lost = 0
  let shortening: Promise<void> | undefined
  let held: (string | Buffer)[] = []
  let draining: Promise<undefined> | undefined

  const fail = (error: Error) => {
    stream = undefined
    lost++
    restsUntilMs = performance.now() + REST_MS
    ports.onError(error)
  }
  const begin = () => {
    try {
      privateFolder(dirname(file))
      const fd = openPrivateAppend(file)
      // What earlier processes of the attempt wrote counts.
      bytes = fstatSync(fd).size
      const opened = createWriteStream(file, { fd })
      stream = opened.on('error', (error) => {
        if (stream === opened) fail(error)
      })
    } catch (error) {
      fail(error as Error)
    }
  }
  const shorten = async () => {
    const full = stream as WriteStream
    stream = undefined
    await ended(full)
    try {
      await takeOutMiddle(file, ports)
    } catch (error) {
      fail(error as Error)
    }
    shortening = undefined
    const waiting = held
    held = []
    for (const data of waiting) write(data)
  }
  const write = (data: string | Buffer): Promise<void> | undefined => {
    if (shortening) {
      held.push(data)
      return shortening
    }
    if (!stream && performance.now() >= restsUntilMs) begin()
    if (!stream) {
      lost++
      return undefined
    }
    if (lost > 0) stream.write(ports.gap(lost))
    lost = 0
    bytes += Buffer.byteLength(data)
    const hasRoom = stream.write(data)
    if (bytes > maxBytes) {
      shortening = shorten()
      return shortening
    }
    // One wait for all that write meanwhile.
    if (!hasRoom) draining ??= drained(stream).then(() => (draining = undefined))
    return hasRoom ? undefined : draining
  }

  begin()
  return {
    write,
    async close() {
      while (shortening) await shortening
      if (stream) await ended(stream)
    },
  }
}

/** Or that nothing will be written any more: the stream's own listener reported an error. */
const drained = (stream: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })

const ended = (stream: WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.closed) resolve()
    else stream.once('close', resolve).end()
  })

/** Leaves whole lines of the first half and of the last quarter of what the file may have. */
async function takeOutMiddle(file: string, { maxBytes, leftOut }: BoundedLogPorts): Promise<void> {
  // Known to be a plain file: it was open until now, and a pipe in its place is noticed by the first call.
  await using reading = await openPlain(file)
  await using writing = await open(file, 'r+')
  const { size } = await reading.stat()
  const room = Buffer.alloc(PART_BYTES + LONGEST_NOTE_BYTES)
  const at = async (from: number, length: number) => {
    const { bytesRead } = await reading.read(room, 0, length, from)
    return room.subarray(0, bytesRead)
  }
  const half = Math.min(size, Math.floor(maxBytes / 2))
  const old = await findNote(at, half, leftOut.read)
  const headEnd = old?.from ?? (await lastLineStart(at, half))
  const oldEnd = old?.to ?? headEnd
  // A last line that is longer than a quarter stays, too, when it fits.
  const tails = [Math.floor(maxBytes / 4), half - LONGEST_NOTE_BYTES].map((bytes) => Math.max(oldEnd, size - bytes))
  let tailAt = size
  for (const from of tails) if (tailAt === size) tailAt = await firstLineStart(at, from, size)
  const note = Buffer.from(leftOut.say((old?.bytes ?? 0) + tailAt - oldEnd), 'latin1')
  await writing.write(note, 0, note.length, headEnd)
  let to = headEnd + note.length
  for (let from = tailAt; from < size; from += PART_BYTES) {
    const part = await at(from, Math.min(PART_BYTES, size - from))
    await writing.write(part, 0, part.length, to)
    to += part.length
  }
  await writing.truncate(to)
}

/** What it gives is only there until the next read. */
type ReadAt = (from: number, length: number) => Promise<Buffer>

/** The note that an earlier shortening, of another process perhaps, left within the first half or right behind it. */
async function findNote(at: ReadAt, half: number, read: RegExp) {
  for (let from = 0; from <= half; from += PART_BYTES) {
    const text = (await at(from, Math.min(PART_BYTES, half - from) + LONGEST_NOTE_BYTES)).toString('latin1')
    const found = read.exec(text)
    if (found) {
      const start = from + found.index
      return { from: start, to: start + found[0].length, bytes: Number(found[1]) }
    }
  }
  return undefined
}

/** Where the last line starts that starts at `before` or earlier. */
async function lastLineStart(at: ReadAt, before: number): Promise<number> {
  for (let to = before; to > 0; to -= PART_BYTES) {
    const from = Math.max(0, to - PART_BYTES)
    const end = (await at(from, to - from)).lastIndexOf(NEWLINE)
    if (end !== -1) return from + end + 1
  }
  return 0
}

/** Where the first line starts that starts at `after` or later; `size` where there is none. */
async function firstLineStart(at: ReadAt, after: number, size: number): Promise<number> {
  for (let from = Math.max(0, after - 1); from < size; from += PART_BYTES) {
    const end = (await at(from, Math.min(PART_BYTES, size - from))).indexOf(NEWLINE)
    if (end !== -1) return from + end + 1
  }
  return size
}
