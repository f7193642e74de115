import { closeSync, fstatSync, readSync } from 'node:fs'
import { openPlainSync } from '../files/plain.ts'

const CHUNK_BYTES = 64 * 1024
/** As much as is looked at for lines; a log may have gigabytes. */
const MOST_BYTES = 4 * 1024 * 1024

/** The last lines of a file, however long it is; throws when it cannot be read. */
export function tail(file: string, count: number): string[] {
  const fd = openPlainSync(file)
  try {
    const { size } = fstatSync(fd)
    let from = size
    let text = Buffer.alloc(0)
    while (from > 0 && size - from < MOST_BYTES && lineCount(text) <= count) {
      const length = Math.min(CHUNK_BYTES, from)
      const chunk = Buffer.alloc(length)
      from -= length
      readSync(fd, chunk, 0, length, from)
      text = Buffer.concat([chunk, text])
    }
    const lines = text
      .toString('utf8')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/)
    return count <= 0 || text.length === 0 ? [] : lines.slice(-count)
  } finally {
    closeSync(fd)
  }
}

const lineCount = (text: Buffer) => {
  let count = 0
  for (const byte of text) if (byte === 0x0a) count++
  return count
}
