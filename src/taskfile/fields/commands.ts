import { type CodeBlock, scriptOf } from '../../core/script.ts'
import type { Piece } from '../markdown/pieces.ts'
import { type Lines, lineStart, lineText } from '../text/lines.ts'
import { closesFence, fenceAt, infoOf } from '../text/openers.ts'
import { type NoCommand, whyNoCode, whyNoCommand } from './no-command.ts'
import { readShell } from './shell-words.ts'

/** The commands of a field, and what is among them without being one, with its offset in the file. */
export interface Commands {
  commands: string[]
  problems: NoCommand[]
}

/**
 * The commands of a Verify or Run field: its list items and code blocks, or, where it has neither, its lines. A code block
 * is one script, an item or a line is one command. What a reader would not take for a command is a problem, and is never
 * run; prose beside a list or block is not a command.
 */
export function commandsOf(lines: Lines, pieces: Piece[]): Commands {
  const found: Commands = { commands: [], problems: [] }
  const listed = pieces.filter(({ kind }) => kind !== 'text')
  for (const piece of listed.length > 0 ? listed : pieces) readPiece(lines, piece, found)
  if (listed.length > 0) {
    for (const piece of pieces) {
      if (piece.kind === 'text') warnBeside(lines, piece.line, piece.lines, found)
      else if (piece.lazy) warnBeside(lines, piece.line + piece.lines.length, piece.lazy, found)
    }
  }
  return found
}

function readPiece(lines: Lines, piece: Piece, found: Commands): void {
  if (piece.kind === 'fence') readBlock(lines, piece.line, piece, piece.closed !== false, found)
  else if (piece.kind === 'text') readLine(lines, piece.line, piece.lines[0]!, found)
  else readItem(lines, piece, found)
}

function readBlock(
  lines: Lines,
  from: number,
  block: Partial<CodeBlock> & { lines: string[] },
  closed: boolean,
  found: Commands,
): void {
  if (!closed) {
    const hint = 'Close it with a line of the same marks. As it is, everything after it belongs to it.'
    found.problems.push({ at: textAt(lines, from - 1), message: 'This code block is never closed', hint })
    return
  }
  const script = scriptOf({ lines: block.lines, info: block.info ?? '' })
  if ('problem' in script) {
    found.problems.push({ at: textAt(lines, from + script.line), ...script.problem })
    return
  }
  // In a block that names no language, words may stand as well.
  const words = block.info ? undefined : wordsIn(block.lines)
  if (words) found.problems.push({ ...words.why, at: textAt(lines, from + words.line) })
  else found.commands.push(script.command)
}

/** Why the first line of a script is not a command, and which one it is. */
export function wordsIn(lines: string[]): { line: number; why: NoCommand } | undefined {
  const line = lines.findIndex((text) => /^\s*[^\s#]/.test(text))
  const why = line < 0 ? undefined : whyNoCommand(whole(lines, line))
  return why && { line, why }
}

/** A line with those below that a quote or bracket in it reaches into. */
function whole(lines: string[], from: number): string {
  const first = lines[from]!.trim()
  return continuesBelow(first) ? '' : first
}

function readItem(lines: Lines, { line, lines: written }: Piece, found: Commands): void {
  const own = written.map((text, index) => (index === 0 ? text.replace(/^\[[ xX]\][ \t]+/, '') : text))
  const opens = own.findIndex((text) => fenceAt(text.trimStart()))
  if (opens >= 0) readBlocks(lines, line, own, found)
  else {
    const filled = own.flatMap((text, index) => (text.trim() === '' ? [] : [index]))
    const [first, second] = filled
    if (first === undefined) return
    if (second === undefined) readLine(lines, line + first, own[first]!, found)
    else if (continuesBelow(own[first]!)) found.commands.push(own.join('\n').trim())
    else {
      const hint = 'Make it an item of its own, or write all of it as a code block.'
      const message = 'A command in a list must be one line, and this is a second one'
      found.problems.push({ at: textAt(lines, line + second), message, hint })
    }
  }
}

/** The code blocks of an item; words above them say what they are. */
function readBlocks(lines: Lines, from: number, own: string[], found: Commands): void {
  for (let index = 0; index < own.length; index++) {
    const text = own[index]!
    const fence = fenceAt(text.trimStart())
    if (!fence) {
      warnBeside(lines, from + index, [text], found)
      continue
    }
    const end = own.findIndex((line, at) => at > index && closesFence(line.trimStart(), fence))
    const block = { lines: own.slice(index + 1, end < 0 ? undefined : end), info: infoOf(text) }
    readBlock(lines, from + index + 1, block, end >= 0, found)
    index = end < 0 ? own.length : end
  }
}

/** A line without the comment at its end; searched for from there, so that a line of openers takes no longer than another. */
function withoutComment(text: string): string {
  if (!text.endsWith('-->')) return text
  const end = text.length - '-->'.length
  const before = text.lastIndexOf('-->', end - 1)
  const from = before < 0 ? 0 : before + '-->'.length
  const [opener] = text.slice(from, end).match(from === 0 ? /(?:^|[ \t])<!--/ : /[ \t]<!--/) ?? []
  return opener === undefined ? text : text.slice(0, text.indexOf(opener, from)).trim()
}

function readLine(lines: Lines, line: number, written: string, found: Commands): void {
  const text = withoutComment(written.trim())
  if (text === '') return
  const at = textAt(lines, line, text)
  const spans = codeSpans(text)
  const why = spans ? spans.map(whyNoCode).find((found) => found !== undefined) : whyNoCommand(text)
  if (why) found.problems.push({ ...why, at: spans ? at : at + why.at })
  else found.commands.push(...(spans ?? [text]).filter((command) => command !== ''))
}

/** Whether the command of a line plainly continues below it. */
function continuesBelow(line: string): boolean {
  const text = line.trimEnd()
  return /(?:\\|&&|\|\|?|[({]|\b(?:do|then|else|in))$|<<-?\s*["'\\]?\w/.test(text) || readShell(text).open !== undefined
}

const knownTools =
  /^(?:\w+=\S* )*(?:npm|npx|pnpm|yarn|bun|node|deno|python3?|pytest|tox|uv|poetry|cargo|go|make|just|mvn|gradle|docker|bash|sh|curl|git|grep|\.{0,2}\/\S+) \S/

/** Warns of what would be a command if it were in the list: otherwise it would be ignored silently. */
function warnBeside(lines: Lines, from: number, texts: string[], found: Commands): void {
  for (const [index, text] of texts.entries()) {
    const line = text.trim()
    if (!knownTools.test(line) || whyNoCommand(line)) continue
    const message = 'This is next to the commands and would not be run'
    found.problems.push({ at: textAt(lines, from + index, line), message, hint: 'Make it an item of the list.' })
  }
}

/** The offset of a text in its line, or of the first character of the line that is not a blank. */
function textAt(lines: Lines, line: number, text?: string): number {
  const whole = lineText(lines, line)
  const found = text === undefined ? -1 : whole.indexOf(text)
  return lineStart(lines, line) + (found >= 0 ? found : Math.max(0, whole.search(/\S/)))
}

/** The contents of a text that is nothing but code spans, separated by commas: `` `a`, `b` ``. */
function codeSpans(text: string): string[] | undefined {
  if (!text.startsWith('`')) return undefined
  const spans = text.replace(/(?<=`)[.,;]$/, '').split(/(?<=`)\s*[,;]\s*(?=`)/)
  const contents = spans.map((span) => /^(`+)([^`][\s\S]*?)\1$/.exec(span)?.[2])
  return contents.every((content) => content !== undefined && !content.includes('`'))
    ? (contents as string[]).map((content) => content.trim())
    : undefined
}
