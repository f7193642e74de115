import { readdir } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { openPlain } from '../files/plain.ts'
import type { Redact } from '../redact/redact.ts'

/** A part of a log: whole lines, wherever the file has some. Offsets are bytes. */
export interface LogPart {
  text: string
  from: number
  /** Where the next part begins. */
  next: number
  size: number
}

/** Which part: what follows a place, what leads up to one, or the end. */
export type LogPlace = { after: number } | { before: number } | 'end'

const NEWLINE = 10

/** Reads at most `maxBytes` of a log that may grow meanwhile; undefined when there is none. */
export async function readLogPart(
  file: string,
  place: LogPlace,
  maxBytes: number,
  redact: Redact,
): Promise<LogPart | undefined> {
  const handle = await openPlain(file).catch(() => undefined)
  if (!handle) return undefined
  try {
    const { size } = await handle.stat()
    const end = place === 'end' ? size : 'before' in place ? Math.min(place.before, size) : size
    const start = place !== 'end' && 'after' in place ? Math.min(place.after, size) : Math.max(0, end - maxBytes)
    const buffer = Buffer.alloc(Math.min(maxBytes, end - start))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start)
    const bytes = buffer.subarray(0, bytesRead)
    const isOpenAtStart = start > 0 && (place === 'end' || 'before' in place)
    const skip = isOpenAtStart ? bytes.indexOf(NEWLINE) + 1 : 0
    const lines = wholeLines(bytes, maxBytes)
    const text = redact(new StringDecoder('utf8').write(lines.subarray(skip)))
    return { text, from: start + skip, next: start + lines.length, size }
  } finally {
    await handle.close()
  }
}

/** Up to the last line break: what is being written is read when it is whole. A line longer than a part is cut. */
function wholeLines(bytes: Buffer, maxBytes: number): Buffer {
  const last = bytes.lastIndexOf(NEWLINE)
  if (last >= 0) return bytes.subarray(0, last + 1)
  return bytes.length < maxBytes ? bytes.subarray(0, 0) : bytes
}

/** The last lines of a log, from its last 512 KiB; undefined when there is none. */
export async function lastLines(file: string, count: number, redact: Redact): Promise<string | undefined> {
  const part = await readLogPart(file, 'end', 512 * 1_024, redact)
  if (!part) return undefined
  return part.text.split('\n').slice(0, -1).slice(-count).join('\n')
}

/** How many readable logs of attempts there are in the folder. */
export async function countLogs(logsDir: string): Promise<number> {
  const names = await readdir(logsDir, { recursive: true }).catch(() => [])
  return names.filter((name) => /[\\/]/.test(name) && name.endsWith('.log')).length
}
