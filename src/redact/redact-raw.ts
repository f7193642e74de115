import { StringDecoder } from 'node:string_decoder'
import type { Redact } from './redact.ts'
import { chunkRedactor } from './redact-stream.ts'

const PIECE_BYTES = 256 * 1024

/** Redacts raw lines; a long one in pieces, so that its text is never in memory as a whole. */
export function rawRedactor(redact: Redact, secretValues: string[]): (line: Buffer) => Buffer {
  return (line) => {
    if (line.length <= PIECE_BYTES) return Buffer.from(redact(line.toString('utf8')))
    const chunks = chunkRedactor(secretValues)
    const decoder = new StringDecoder('utf8')
    const parts: Buffer[] = []
    for (let at = 0; at < line.length; at += PIECE_BYTES) {
      parts.push(Buffer.from(chunks.push(decoder.write(line.subarray(at, at + PIECE_BYTES)))))
    }
    parts.push(Buffer.from(chunks.push(decoder.end()) + chunks.end()))
    return Buffer.concat(parts)
  }
}
