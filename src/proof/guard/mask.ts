import type { Language } from './language.ts'

/** A text with what does not run blanked out; positions and lines stay. */
export interface Masked {
  /** Without comments. */
  code: string
  /** Without comments and without what is in strings; their quotes stay. */
  bare: string
}

interface Rules {
  line: string[]
  block: [string, string][]
  strings: string[]
}

const C_LIKE: Rules = {
  line: ['//'],
  block: [['/*', '*/']],
  strings: ['"""', '"', "'", '`'],
}

const RULES: Record<Language | 'hash', Rules> = {
  js: { ...C_LIKE, strings: ['"', "'", '`'] },
  java: C_LIKE,
  go: { ...C_LIKE, strings: ['"', '`', "'"] },
  rust: { ...C_LIKE, strings: ['"'] },
  python: { line: ['#'], block: [], strings: ['"""', "'''", '"', "'"] },
  ruby: { line: ['#'], block: [['\n=begin', '\n=end']], strings: ['"', "'"] },
  shell: { line: ['#'], block: [], strings: ['"', "'"] },
  hash: { line: ['#'], block: [], strings: ['"', "'"] },
}

/** Over several lines only these strings may go; another that does not end on its line is none (an apostrophe, a lifetime). */
const LONG = new Set(['"""', "'''", '`'])

/** Blanks comments and strings out; `hash` is for YAML, TOML and INI. */
export function mask(text: string, language: Language | 'hash'): Masked {
  const { line, block, strings } = RULES[language]
  const code =
    [...text].length === text.length ? text.split('') : Array.from({ length: text.length }, (_, i) => text[i])
  const bare = [...code]
  const blank = (chars: (string | undefined)[], from: number, to: number) => {
    for (let i = from; i < to; i++) if (chars[i] !== '\n') chars[i] = ' '
  }
  for (let i = 0; i < text.length; ) {
    const comment = line.find((sign) => text.startsWith(sign, i))
    if (comment && (comment !== '#' || i === 0 || /[\s;({[,]/.test(text[i - 1] ?? ''))) {
      const end = text.indexOf('\n', i)
      const to = end === -1 ? text.length : end
      blank(code, i, to)
      blank(bare, i, to)
      i = to
      continue
    }
    const around = block.find(([open]) => text.startsWith(open, i))
    if (around) {
      const end = text.indexOf(around[1], i + around[0].length)
      const to = end === -1 ? text.length : end + around[1].length
      blank(code, i, to)
      blank(bare, i, to)
      i = to
      continue
    }
    const quote = strings.find((sign) => text.startsWith(sign, i))
    if (quote) {
      const to = stringEnd(text, i, quote)
      if (to !== undefined) {
        blank(bare, i + quote.length, to - quote.length)
        i = to
        continue
      }
    }
    if (language === 'js' && text[i] === '/') {
      const to = regexEnd(text, i)
      if (to !== undefined) {
        blank(bare, i + 1, to - 1)
        i = to
        continue
      }
    }
    i++
  }
  return { code: code.join(''), bare: bare.join('') }
}

function stringEnd(text: string, at: number, quote: string): number | undefined {
  for (let i = at + quote.length; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '\n' && !LONG.has(quote)) return undefined
    else if (text.startsWith(quote, i)) return i + quote.length
  }
  return undefined
}

/** A slash begins a regular expression where an expression may begin. */
function regexEnd(text: string, at: number): number | undefined {
  const before = text.slice(Math.max(0, at - 20), at).trimEnd()
  if (before !== '' && !/[(,=:[!&|?{};+>]$|\breturn$/.test(before)) return undefined
  let inClass = false
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '[') inClass = true
    else if (text[i] === ']') inClass = false
    else if (text[i] === '/' && !inClass) return i + 1
  }
  return undefined
}

const CLOSING: Record<string, string> = { '(': ')', '{': '}', '[': ']' }

/** The last text that brackets were matched in: one is asked about many times in a row. */
let matched: { bare: string; ends: Int32Array } | undefined

/** The place after the bracket that closes the one at `at`; the end of the text where none does. `bare`: see `mask`. */
export function closing(bare: string, at: number): number {
  if (matched?.bare !== bare) matched = { bare, ends: bracketEnds(bare) }
  return matched.ends[at] || bare.length
}

/** In one pass: looking for each separately would take for ever in a text full of brackets that are never closed. */
function bracketEnds(bare: string): Int32Array {
  const ends = new Int32Array(bare.length)
  const open: number[] = []
  for (let i = 0; i < bare.length; i++) {
    const char = bare[i] as string
    if (CLOSING[char]) open.push(i)
    else if (open.length > 0 && char === CLOSING[bare[open.at(-1) as number] as string])
      ends[open.pop() as number] = i + 1
  }
  return ends
}

/** 1-based lines of places in a text. */
export function linesIn(text: string): (at: number) => number {
  const starts = [0]
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return (at) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
}
