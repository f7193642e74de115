import { plural } from '../../text/amounts.ts'
import { shortened } from '../../text/cut.ts'
import { type ByteString, toBuffer } from '../bytes.ts'

/** A side of a merge: how git calls it in its markers, and how people do. */
export interface Side {
  label: string
  name: string
}

export interface Sides {
  ours: Side
  theirs: Side
}

const CONTEXT_LINES = 3
/** Of a line: a file that was packed into one line is not read. */
const MOST_LINE_UNITS = 2_000
/** git looks no further for a NUL. */
const BINARY_BYTES = 8_000

/** Lines from `from` to `to`, the latter not included. */
interface Region {
  from: number
  to: number
}

/**
 * Where the two sides of a merge do not fit, of a file in which git has marked that, with some lines around; undefined where
 * nothing is marked, or it is no text. Markers are known by the label of their side: those in the user's own text are text.
 */
export function conflictHunks(content: ByteString, sides: Sides): string | undefined {
  if (content.slice(0, BINARY_BYTES).includes('\0')) return undefined
  // Lossy on purpose: what is not UTF-8 is shown as such.
  const all = toBuffer(content).toString('utf8').split('\n')
  // The end of the last line, not a line of its own.
  if (all.at(-1) === '') all.pop()
  const isCrlf = hasReturns(content.endsWith('\n') ? all : all.slice(0, -1), sides)
  const lines = isCrlf ? all.map(withoutReturn) : all
  const regions = regionsOf(lines, sides)
  if (regions.length === 0) return undefined
  return joined(regions, lines.length)
    .map((shown) => {
      const text = lines.slice(shown.from, shown.to).map((line) => named(line, sides))
      return [`@@ line ${shown.from + 1} @@`, ...text].join('\n')
    })
    .join('\n')
}

/** Every line ends so, apart from what git wrote itself: nobody has to see it then. */
function hasReturns(lines: readonly string[], { ours, theirs }: Sides): boolean {
  const labels = new Set<string | undefined>([ours.label, theirs.label])
  const own = lines.filter(
    (line) => !labels.has(labelOf(line, '<')) && !labels.has(labelOf(line, '>')) && !/^=+\r?$/.test(line),
  )
  return own.length > 0 && own.every((line) => line.endsWith('\r'))
}

function regionsOf(lines: readonly string[], sides: Sides): Region[] {
  const found: Region[] = []
  let from: number | undefined
  lines.forEach((line, at) => {
    if (from === undefined && labelOf(line, '<') === sides.ours.label) from = at
    else if (from !== undefined && labelOf(line, '>') === sides.theirs.label) {
      found.push({ from, to: at + 1 })
      from = undefined
    }
  })
  return found
}

/** With the lines around them; those that then touch are one. */
function joined(regions: readonly Region[], lines: number): Region[] {
  const wide: Region[] = []
  for (const { from, to } of regions) {
    const next = { from: Math.max(0, from - CONTEXT_LINES), to: Math.min(lines, to + CONTEXT_LINES) }
    const last = wide.at(-1)
    if (last && next.from <= last.to) last.to = next.to
    else wide.push(next)
  }
  return wide
}

function named(line: string, { ours, theirs }: Sides): string {
  if (labelOf(line, '<') === ours.label) return `<<<<<<< ${ours.name}`
  if (labelOf(line, '>') === theirs.label) return `>>>>>>> ${theirs.name}`
  return shortened(line, MOST_LINE_UNITS)
}

/** Of a marker, however long the user's attributes make it; git adds the path of a file that was renamed. */
function labelOf(line: string, sign: '<' | '>'): string | undefined {
  const length = line.search(sign === '<' ? /[^<]/ : /[^>]/)
  if (length < 1 || line[length] !== ' ') return undefined
  return withoutReturn(line)
    .slice(length + 1)
    .split(':', 1)[0]
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

/** More than this nobody reads in an ask. */
const MOST_UNITS = 60_000
const MOST_FILES = 30

/** The conflicts of all files as one text, each below the name of its file. */
export function hunksText(files: readonly { path: string; hunks: string }[]): string {
  const shown = files.slice(0, MOST_FILES).map(({ path, hunks }) => `${pathOnOneLine(path)}\n${hunks}`)
  const left = files.length - shown.length
  return shortened([...shown, ...(left > 0 ? [`… and ${plural(left, 'more file')}`] : [])].join('\n\n'), MOST_UNITS)
}

/** A file's name in a list: one with line breaks in it would look like several, or like words of ours. */
export function pathOnOneLine(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path
}
