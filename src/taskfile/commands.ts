import { closesFence, fenceAt } from './openers.ts'
import type { Piece } from './pieces.ts'

/**
 * The commands of a Verify or Run field: its list items and fenced blocks, or, where it has neither, its lines. Prose
 * beside a list is no command.
 *
 * Each line of a fenced block is a command of its own, a line that ends in a backslash together with the next; a block
 * that is one script (`#!`, `set -e`, a here-document) is one command.
 */
export function commandsOf(pieces: Piece[]): string[] {
  const listed = pieces.filter(({ kind }) => kind !== 'text')
  return (listed.length > 0 ? listed : pieces).flatMap(pieceCommands).filter((command) => command !== '')
}

function pieceCommands({ kind, lines }: Piece): string[] {
  if (kind === 'fence') return scriptCommands(lines)
  const [first = ''] = lines
  if (kind === 'text') return codeSpans(first) ?? [first]
  const fence = fenceAt(first)
  if (fence) {
    const end = lines.findIndex((line, index) => index > 0 && closesFence(line.trimStart(), fence))
    return scriptCommands(lines.slice(1, end < 0 ? undefined : end))
  }
  const whole = lines.join('\n').trim()
  return codeSpans(whole) ?? [whole]
}

function scriptCommands(lines: string[]): string[] {
  const first = lines.find((line) => line.trim() !== '') ?? ''
  if (/^\s*(?:#!|set\s+-)/.test(first) || lines.some((line) => /<<-?\s*["'\\]?\w/.test(line))) {
    return [lines.join('\n').trim()]
  }
  const commands: string[] = []
  let open = ''
  for (const line of lines) {
    if (open === '' && line.trimStart().startsWith('#')) continue
    open += open === '' ? line.trim() : `\n${line.trimEnd()}`
    if (open.endsWith('\\')) continue
    commands.push(open)
    open = ''
  }
  return [...commands, open]
}

/** The contents of a text that is nothing but code spans, separated by commas: `` `a`, `b` ``. */
export function codeSpans(text: string): string[] | undefined {
  if (!text.startsWith('`')) return undefined
  const spans = text.split(/(?<=`)\s*[,;]\s*(?=`)/)
  const contents = spans.map((span) => /^(`+)([^`][\s\S]*?)\1$/.exec(span)?.[2])
  return contents.every((content) => content !== undefined && !content.includes('`'))
    ? (contents as string[]).map((content) => content.trim())
    : undefined
}
