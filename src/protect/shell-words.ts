/** One simple command of a shell line. */
export interface Simple {
  /** Unquoted; substitutions are left as they are written. */
  words: string[]
  /** Files that its output goes into. */
  writes: string[]
  /** Those of them that lose what they held: not by `>>`. */
  replaces: string[]
}

/**
 * Cuts a shell line into simple commands and their words, as far as that can be done without running it. What is in
 * substitutions and in strings for other programs is cut up as well: the aim is to see every name, not to be right about
 * what is done with it.
 */
export function simpleCommands(line: string): Simple[] {
  const commands: Simple[] = []
  let now: Simple = { words: [], writes: [], replaces: [] }
  let word: string | undefined
  let isTarget = false
  let appends = false
  const endWord = () => {
    if (word !== undefined) (isTarget ? now.writes : now.words).push(word)
    if (word !== undefined && isTarget && !appends) now.replaces.push(word)
    if (word !== undefined) isTarget = false
    word = undefined
  }
  const endCommand = () => {
    endWord()
    if (now.words.length + now.writes.length > 0) commands.push(now)
    now = { words: [], writes: [], replaces: [] }
    isTarget = false
  }
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string
    if (char === '\\') {
      at++
      // A line that continues below is one line.
      if (line[at] !== '\n') word = (word ?? '') + (line[at] ?? '')
    } else if (char === "'" || char === '"') {
      const end = endOfQuote(line, at)
      word = (word ?? '') + unquoted(line.slice(at + 1, end), char)
      at = end
    } else if (/\s/.test(char)) {
      if (char === '\n') endCommand()
      else endWord()
    } else if (char === '>' || char === '<') {
      // A number before it names a channel and is no word.
      if (word !== undefined && /^\d+$/.test(word)) word = undefined
      endWord()
      appends = line[at + 1] === '>'
      while (/[>|&<]/.test(line[at + 1] ?? '')) at++
      isTarget = char === '>'
    } else if (/[;&|(){}`]/.test(char) && !isBrace(line, at, word)) endCommand()
    else word = (word ?? '') + char
  }
  endCommand()
  return commands
}

/** `{` and `}` inside a word are a list of names, between words a group of commands. */
function isBrace(line: string, at: number, word: string | undefined): boolean {
  const char = line[at]
  if (char === '{') return !/\s/.test(line[at + 1] ?? ' ')
  return char === '}' && word !== undefined
}

function endOfQuote(line: string, from: number): number {
  const quote = line[from]
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === quote) return at
    if (line[at] === '\\' && quote === '"') at++
  }
  return line.length
}

const unquoted = (text: string, quote: string): string => (quote === '"' ? text.replace(/\\([\\"$`\n])/g, '$1') : text)

/** Everything in a word that may be the name of a file: the word, what follows `=`, and pieces of strings and code. */
export function namesIn(word: string, env: Readonly<Record<string, string | undefined>> = {}): string[] {
  const known = word.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => env[name] ?? whole)
  const whole = braces(known)
  const pieces = known.split(/[\s'"`;&|<>(){}=,:@$\\]+/)
  return [...new Set([...whole, ...pieces, ...pieces.map((piece) => piece.replace(/^-\w(?=[./~])/, ''))])].filter(
    (name) => name !== '' && name.length <= LONGEST_NAME,
  )
}

const LONGEST_NAME = 4_096
const MOST_BRACES = 64

/** `a{b,c}d` stands for `abd` and `acd`. */
function braces(word: string): string[] {
  let words = [word]
  for (let round = 0; round < 4 && words.length <= MOST_BRACES; round++) {
    words = words.flatMap((one) => {
      const [whole, inner] = /\{([^{}]*,[^{}]*)\}/.exec(one) ?? []
      return whole === undefined ? [one] : (inner as string).split(',').map((part) => one.replace(whole, () => part))
    })
  }
  return words
}
