/** A word of a line of shell, as it is there. */
export interface ShellWord {
  text: string
  /** Offset in the line. */
  at: number
  /** Nothing in it is quoted, escaped or expanded. */
  bare: boolean
  /** The first of a command: at the beginning, or behind an operator such as `&&`. */
  leads: boolean
}

/** A line of shell, taken apart as far as quotes, expansions and operators go. */
export interface ShellLine {
  words: ShellWord[]
  /** Each with its offset: `|`, `&&`, `;`, `>`, `(` … */
  operators: { text: string; at: number }[]
  /** Offsets of backticks outside single quotes. */
  backticks: number[]
  /** Where something begins that has no end: a quote, `$(`, a backtick. */
  open?: number
}

const operator = /[|&;<>()\n]/
const longOperators = ['&&', '||', ';;', '>>', '<<', '>&', '<&', '&>', '>|', '<>']

/** Reads a line of shell. Linear, and it fails for nothing: what is not shell has odd words. */
export function readShell(line: string): ShellLine {
  const found: ShellLine = { words: [], operators: [], backticks: [] }
  let leads = true
  for (let at = 0; at < line.length; ) {
    const char = line[at]!
    if (char === ' ' || char === '\t') at++
    else if (char === '#') break
    else if (operator.test(char)) {
      const text = longOperators.find((long) => line.startsWith(long, at)) ?? char
      found.operators.push({ text, at })
      leads = !'<>'.includes(char)
      at += text.length
    } else {
      const { end, bare } = readWord(line, at, found)
      found.words.push({ text: line.slice(at, end), at, bare, leads })
      leads = false
      at = end
    }
  }
  return found
}

function readWord(line: string, from: number, found: ShellLine): { end: number; bare: boolean } {
  let at = from
  let bare = true
  while (at < line.length && !/[ \t]/.test(line[at]!) && !operator.test(line[at]!)) {
    const char = line[at]!
    if (char === '\\') at += 2
    else if (char === "'" || char === '"' || char === '`') at = quoteEnd(line, at, found)
    else if (char === '$' && (line[at + 1] === '(' || line[at + 1] === '{')) at = expansionEnd(line, at, found)
    else {
      if (char !== '$') {
        at++
        continue
      }
      at++
    }
    bare = false
  }
  return { end: Math.min(at, line.length), bare }
}

/** The offset behind a quote that begins at `from`. */
function quoteEnd(line: string, from: number, found: ShellLine): number {
  const quote = line[from]!
  if (quote === '`') found.backticks.push(from)
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === quote) return at + 1
    if (quote === '"' && line[at] === '`') found.backticks.push(at)
    if (quote !== "'" && line[at] === '\\') at++
  }
  found.open ??= from
  return line.length
}

/** The offset behind a `$(…)` or `${…}`; what is nested in quotes inside counts for the outer one. */
function expansionEnd(line: string, from: number, found: ShellLine): number {
  const [opens, closes] = line[from + 1] === '(' ? ['(', ')'] : ['{', '}']
  let depth = 0
  for (let at = from + 1; at < line.length; at++) {
    const char = line[at]
    if (char === '\\') at++
    else if (char === "'") {
      const end = line.indexOf("'", at + 1)
      if (end > 0) at = end
    } else if (char === opens) depth++
    else if (char === closes && --depth === 0) return at + 1
  }
  found.open ??= from
  return line.length
}
