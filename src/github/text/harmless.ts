import { cut, cutMiddle } from '../../text/cut.ts'
import { dropUnseen, showInLog } from '../../text/unseen.ts'
import { defuse, SPLIT } from './defuse.ts'

/** GitHub refuses a comment or a description above 65,536 characters; some room stays for what is put around. */
const MOST_CHARACTERS = 60_000

/** Signs that mean something to Markdown anywhere in a line. */
const SIGNS = /[\\`*_[\]<>&~|$]/g

/** What begins a heading, a list, a quote's second line or a rule at the start of a line; blanks there would begin a block of code. */
const LINE_START = /^(?:[#+=:-]|\d{1,9}(?=[.)]))/

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
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}text\n${text}\n${fence}`
}

const plain = (text: string): string => dropUnseen(text.toWellFormed().replaceAll('\r\n', '\n'))

/**
 * What is told apart first: spans of code (a pair of equal runs of backticks, and another sign between them), and addresses of
 * plain signs, which a backslash would break.
 */
const TOKEN = /(?<!`)(`+)(?!`)([^`]|[^`].*?[^`])\1(?!`)|\bhttps?:\/\/[\w./?=%+:,;#-]*[\w/#=]/g

function lineOf(line: string): string {
  const words = line.trim()
  let out = ''
  let from = 0
  for (const match of words.matchAll(TOKEN)) {
    const [token, , code] = match
    out += escaped(words.slice(from, match.index), out === '') + (code === undefined ? `<${token}>` : span(code))
    from = match.index + token.length
  }
  // Only a whole line shows a command at its start.
  return defuse(out + escaped(words.slice(from), out === ''))
}

function escaped(words: string, isStart: boolean): string {
  const safe = words
    .replace(SIGNS, (sign) => (sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`))
    // What only looks like an address would swallow the backslashes behind it.
    .replace(/www(?=\.)|(?:https?|ftp):(?=\/\/)/gi, (start) => `${start}${SPLIT}`)
  if (!isStart) return safe
  return safe
    .replace(LINE_START, (sign) => (/^\d/.test(sign) ? sign : `\\${sign}`))
    .replace(/^(\d{1,9})([.)])/, '$1\\$2')
}

function span(code: string): string {
  const fence = '`'.repeat(longestRun(code) + 1)
  const padding = /^`|`$/.test(code) ? ' ' : ''
  return `${fence}${padding}${code}${padding}${fence}`
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

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
