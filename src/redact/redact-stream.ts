import { type Bare, matchesAsDrawn } from './bare.ts'
import { REDACTED, secretPattern } from './redact.ts'

/** In lengths of the longest secret. */
const MOST_HELD = 16

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
  const { view, expression, longest, acrossLines } = secretPattern(secrets)
  let held = ''

  /** Redacts `held` up to where later text cannot change the outcome, and keeps the rest. */
  const release = (bare: Bare, settled: number): string => {
    let out = ''
    let end = 0
    for (const { from, to } of matchesAsDrawn(bare, expression)) {
      if (from >= settled) break
      out += held.slice(end, from) + REDACTED
      end = to
    }
    const upTo = Math.max(end, settled)
    out += held.slice(end, upTo)
    held = held.slice(upTo)
    return out
  }

  return {
    push(chunk) {
      held += chunk
      const lineEnd = !acrossLines && chunk.includes('\n') ? held.lastIndexOf('\n') + 1 : 0
      // Not for each little piece of a long line: what is held would be searched again and again.
      if (lineEnd === 0 && held.length <= 2 * longest) return ''
      const bare = view(held)
      // What draws nothing counts for nothing, unless there is no end of it.
      const open = held.length > MOST_HELD * longest ? held.length - longest : bare.origin(bare.text.length - longest)
      return release(bare, Math.max(lineEnd, open))
    },
    end() {
      const out = release(view(held), held.length)
      held = ''
      return out
    },
  }
}
