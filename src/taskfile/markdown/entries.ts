import type { Piece } from './pieces.ts'

/** The entries of a list field: its items, or, where it has none, its paragraphs' text as one entry. */
export function entriesOf(pieces: Piece[]): string[] {
  const items = pieces.filter(({ kind }) => kind === 'item')
  if (items.length > 0) return filled(items.map(({ lines, lazy = [] }) => [...lines, ...lazy].join('\n')))
  return filled([pieces.map(({ lines }) => lines.join('\n')).join('\n')])
}

/** The text of a list field that stands beside its items and fenced blocks. */
export function besideOf(pieces: Piece[], wrapped: boolean): string[] {
  if (pieces.every(({ kind }) => kind === 'text')) return []
  return pieces.flatMap(({ kind, lines, lazy = [] }) => (kind === 'text' ? lines : wrapped ? [] : lazy))
}

/** Splits at commas and semicolons, but not inside parentheses or double quotes; quotes and code ticks go. */
export function commaSeparated(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  let quoted = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    else if (!quoted && char === '(') depth++
    else if (!quoted && char === ')') depth = Math.max(0, depth - 1)
    if ((char === ',' || char === ';') && !quoted && depth === 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return filled([...parts, part].map(unquoted))
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["`])(.*)\1$/s, '$2')
}

function filled(entries: string[]): string[] {
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '')
}
