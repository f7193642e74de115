import { REDACTED, secretPattern } from './redact.ts'

/** Feeds text in, gets safe text out; `end` gives what was held back. */
export interface ChunkRedactor {
  push(chunk: string): string
  end(): string
}

/**
 * Redacts a text that comes in pieces. What comes out, joined, is what redacting the whole would give, wherever the
 * pieces were cut. Whole lines come out at once; of an unfinished line only as much is held back as a secret may need.
 */
export function chunkRedactor(secrets: readonly string[]): ChunkRedactor {
  const { expression, longest, acrossLines } = secretPattern(secrets)
  let held = ''

  /** Redacts `held` up to where later text cannot change the outcome, and keeps the rest. */
  const release = (settled: number): string => {
    let out = ''
    let from = 0
    expression.lastIndex = 0
    for (let match = expression.exec(held); match && match.index < settled; match = expression.exec(held)) {
      out += held.slice(from, match.index) + REDACTED
      from = match.index + match[0].length
    }
    expression.lastIndex = 0
    const upTo = Math.max(from, settled)
    out += held.slice(from, upTo)
    held = held.slice(upTo)
    return out
  }

  return {
    push(chunk) {
      held += chunk
      const lineEnd = acrossLines ? 0 : held.lastIndexOf('\n') + 1
      if (lineEnd > 0) return release(Math.max(lineEnd, held.length - longest))
      // Not for each little piece of a long line: what is held would be searched again and again.
      return held.length > 2 * longest ? release(held.length - longest) : ''
    },
    end() {
      const out = release(held.length)
      held = ''
      return out
    },
  }
}
