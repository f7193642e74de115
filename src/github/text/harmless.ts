import { cut, cutMiddle } from '../../text/cut.ts'
import { codeSpan, fenced } from '../../text/inert/code.ts'
import { defuse } from '../../text/inert/defuse.ts'
import { escapeInMarkdown } from '../../text/inert/escape.ts'
import { dropUnseen, showInLog } from '../../text/unseen.ts'

/** GitHub refuses a comment or a description above 65,536 characters; some room stays for what is put around. */
const MOST_CHARACTERS = 60_000

/**
 * Words of outsiders or of Claude as Markdown to be posted: they are shown as they were written, and nothing in them is a link to a
 * picture, HTML, a heading, a name that is notified, a command, or a word that closes an issue. Only spans of code stay what they are.
 */
export function harmless(text: string, { max = MOST_CHARACTERS }: { max?: number } = {}): string {
  const lines = plain(text).split('\n').map(lineOf)
  return cutMarkdown(lines.join('\n').trim(), max)
}

/** The same on one line: for titles, names, and cells of tables. */
export function harmlessLine(text: string, { max = 200 }: { max?: number } = {}): string {
  return lineOf(cut(plain(text).replace(/\s+/g, ' ').trim(), max))
}

/** A title or a message for a commit: no Markdown is read there, but names, commands and closing words are. */
export function harmlessPlain(text: string, { max = 200 }: { max?: number } = {}): string {
  return cut(defuse(plain(text)).trim(), max)
}

/** What a program printed, as a block of code that nothing in it can end; its middle is left out where it is long. */
export function codeBlock(output: string, { max = 8_000 }: { max?: number } = {}): string {
  const text = defuse(cutMiddle(showInLog(output.toWellFormed()).trimEnd(), max))
  return fenced(text, 'text')
}

const plain = (text: string): string => dropUnseen(text.toWellFormed().replaceAll('\r\n', '\n'))

/**
 * What is set apart first: spans of code (a pair of equal runs of backticks, and another sign between them), and addresses of
 * plain signs, which a backslash would break.
 */
const TOKEN = /(?<!`)(`+)(?!`)([^`]|[^`].*?[^`])\1(?!`)|\bhttps?:\/\/[\w./?=%+:,;#-]*[\w/#=]/g

function lineOf(line: string): string {
  const words = line.trim()
  let out = ''
  let from = 0
  for (const match of words.matchAll(TOKEN)) {
    const [token, , code] = match
    out += escapeInMarkdown(words.slice(from, match.index), { isStart: out === '' })
    out += code === undefined ? `<${token}>` : codeSpan(code)
    from = match.index + token.length
  }
  // Only a whole line shows a command at its start.
  return defuse(out + escapeInMarkdown(words.slice(from), { isStart: out === '' }))
}

/** Whole lines only: half of an escape or of a span would be read otherwise. */
function cutMarkdown(text: string, max: number): string {
  if (text.length <= max) return text
  const lines = text.split('\n')
  let used = 1
  const kept = lines.findIndex((line) => {
    used += line.length + 1
    return used > max
  })
  if (kept > 0) return `${lines.slice(0, kept).join('\n')}\n…`
  return '…'
}

/** Below an item of a list, and a part of it. */
export const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ')
