import { parseEnv } from 'node:util'

/** What is in a `.env` file. Values are never part of a message about it. */
export interface EnvFile {
  values: Record<string, string>
  /** 1-based line of each name. */
  lines: Record<string, number>
  /** 1-based lines that are neither blank, a comment nor `NAME=value`. */
  malformed: number[]
}

/** Reads `.env` text by Node's own rules (quotes, comments, `export`). */
export function readEnvText(text: string): EnvFile {
  const clean = text.replace(/^\uFEFF/, '')
  const values = parseEnv(clean) as Record<string, string>
  const lines: Record<string, number> = {}
  const malformed: number[] = []
  // parseEnv knows no positions: the names are looked up again, and the lines of a quoted value are skipped.
  let openQuote: string | undefined
  for (const [index, line] of clean.split(/\r?\n/).entries()) {
    if (openQuote) {
      if (line.includes(openQuote)) openQuote = undefined
      continue
    }
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line)
    if (match?.[1]) {
      lines[match[1]] = index + 1
      const quote = /^["'`]/.exec(match[2] ?? '')?.[0]
      if (
        quote &&
        !match[2]?.slice(1).includes(quote) &&
        clean
          .split(/\r?\n/)
          .slice(index + 1)
          .some((later) => later.includes(quote))
      ) {
        openQuote = quote
      }
    } else if (!/^\s*(#.*)?$/.test(line)) malformed.push(index + 1)
  }
  return { values, lines, malformed }
}
