import { isUtf8 } from 'node:buffer'
import { splitLines } from './lines.ts'

/** Task files of more bytes are refused: nobody writes them, and all of it would be kept in memory. */
export const largestFileBytes = 10 * 1024 * 1024

/** Why bytes are no text, and where the first bad one stands (1-based). */
export interface NoText {
  message: string
  hint: string
  line: number
  column: number
}

/** Text of UTF-8 bytes; a byte order mark stays in it, so that it encodes to the same bytes again. */
export function decodeText(bytes: Buffer): { text: string } | NoText {
  if (isUtf16(bytes)) {
    return { message: 'This file is UTF-16, not UTF-8', hint: 'Save it as UTF-8.', line: 1, column: 1 }
  }
  if (isUtf8(bytes)) return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
  return { message: 'This file is not UTF-8', hint: 'A task file is UTF-8 Markdown.', ...firstBadByte(bytes) }
}

function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}

function firstBadByte(bytes: Buffer): { line: number; column: number } {
  // One character for each byte, so that offsets are those of the bytes.
  const lines = splitLines(bytes.toString('latin1'))
  for (let line = 0; line < lines.count; line++) {
    const [start, end] = [lines.starts[line]!, lines.starts[line + 1]!]
    if (isUtf8(bytes.subarray(start, end))) continue
    let good = start
    for (let to = start + 1; to <= end && to <= start + longestSearch; to++)
      if (isUtf8(bytes.subarray(start, to))) good = to
    return { line: line + 1, column: bytes.subarray(start, good).toString('utf8').length + 1 }
  }
  return { line: 1, column: 1 }
}

/** Bytes of a line that are searched for the column: each step looks at all before it. */
const longestSearch = 2_000
