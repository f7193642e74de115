import { type Language, languageOf } from './language.ts'
import { closing, linesIn, type Masked, mask } from './mask.ts'

/** A file that nobody wrote by hand, or that is meant to keep the guard busy: it is reported instead of being looked into. */
class TooLarge extends Error {
  readonly path: string

  constructor(path: string) {
    super(`${path} is too large to check.`)
    this.name = 'TooLarge'
    this.path = path
  }
}

/** One test, as far as its text shows. */
export interface TestCase {
  name: string
  /** 1-based. */
  line: number
  /** From its first decorator or annotation to its end, in the file. */
  from: number
  to: number
  /** Without comments. */
  code: string
  /** Without comments and strings. */
  bare: string
  /** Several sets of data go through it. */
  isTable: boolean
}

export interface TestText {
  language: Language
  masked: Masked
  cases: TestCase[]
}

const TABLE =
  /\.each\b|\.for\b|parametrize|@(Parameterized|Repeated)Test|\brstest\b|#\[case|\bfor\b|\.forEach\b|\.each\s|subTest|t\.Run\(/

/** All tests of a file together: in broken code each may reach to its end. */
const MAX_CHARS = 2_000_000

/** The tests of a file; none where its language is not one of ours. */
export function readTests(path: string, text: string): TestText | undefined {
  const language = languageOf(path)
  if (language === undefined) return undefined
  const masked = mask(text, language)
  const lineAt = linesIn(text)
  let chars = 0
  const cases = FINDERS[language](masked, text).map(({ name, from, to, at }): TestCase => {
    const code = masked.code.slice(from, to)
    const bare = masked.bare.slice(from, to)
    chars += code.length
    if (chars > MAX_CHARS) throw new TooLarge(path)
    return { name: name.trim(), line: lineAt(at), from, to, code, bare, isTable: TABLE.test(bare) }
  })
  return { language, masked, cases }
}

interface Found {
  name: string
  at: number
  from: number
  to: number
}

type Finder = (masked: Masked, text: string) => Found[]

const JS_TEST = /(?<![\w.$])(?:[xf]?(?:it|test|specify)|Deno\.test|t\.test)((?:\.\w+)*)\s*(?=[(`])/g

const inJs: Finder = ({ bare }, text) => {
  const found: Found[] = []
  for (const match of bare.matchAll(JS_TEST)) {
    const at = match.index
    let open = at + match[0].length
    // The table, or the condition, comes first: `it.each(rows)('name', …)`.
    if (/\.(each|for|skipIf|runIf|if)$/.test(match[1] ?? '')) {
      open = bare[open] === '`' ? bare.indexOf('`', open + 1) + 1 : closing(bare, open)
      while (/\s/.test(bare[open] ?? '')) open++
    }
    if (bare[open] !== '(') continue
    const to = closing(bare, open)
    const words = /^\(\s*(['"`])/.exec(bare.slice(open, open + 400))
    const start = open + (words?.[0].length ?? 1)
    const end = words ? bare.indexOf(words[1] as string, start) : bare.slice(open, to).search(/[,)]/) + open
    if (end <= start) continue
    found.push({ name: text.slice(start, end), at, from: at, to })
  }
  return found
}

const inPython: Finder = ({ bare }) => {
  const found: Found[] = []
  for (const match of bare.matchAll(/^([ \t]*)(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm)) {
    const [whole, indent = '', name = ''] = match
    const to = blockEnd(bare, match.index + whole.length, indent.length)
    found.push({
      name,
      at: match.index + indent.length,
      from: decoratorsFrom(bare, match.index, /^[ \t]*[@)\]}"',\w[({]/),
      to,
    })
  }
  return found
}

/** The first line after `at` that is indented no deeper and holds something ends a block. */
function blockEnd(bare: string, at: number, indent: number): number {
  let i = bare.indexOf('\n', closing(bare, bare.lastIndexOf('(', at)))
  while (i !== -1) {
    const line = /^[ \t]*/.exec(bare.slice(i + 1, i + 200))?.[0] ?? ''
    const first = bare[i + 1 + line.length]
    if (first !== undefined && first !== '\n' && first !== '\r' && line.length <= indent) return i + 1
    i = bare.indexOf('\n', i + 1)
  }
  return bare.length
}

/** The beginning of the lines above that belong to it: decorators and annotations, up to a blank line or another body. */
function decoratorsFrom(bare: string, at: number, belongs: RegExp): number {
  let from = bare.lastIndexOf('\n', at - 1) + 1
  let oldest = from
  while (from > 0) {
    const above = bare.lastIndexOf('\n', from - 2) + 1
    const line = bare.slice(above, from - 1)
    if (
      line.trim() === '' ||
      !belongs.test(line) ||
      /^[ \t]*(?:async\s+)?(?:def|class|return|assert|import|from)\b|[{};]\s*$/.test(line)
    )
      break
    from = above
    if (/^[ \t]*(@|#\[)/.test(line)) oldest = from
  }
  return oldest
}

const braced =
  (pattern: RegExp, name: (match: RegExpMatchArray) => string): Finder =>
  ({ bare }) => {
    const found: Found[] = []
    for (const match of bare.matchAll(pattern)) {
      const at = match.index as number
      const open = bare.indexOf('{', at + match[0].length - 1)
      if (open === -1) continue
      found.push({ name: name(match), at, from: decoratorsFrom(bare, at, /^[ \t]*(@|#\[)/), to: closing(bare, open) })
    }
    return found
  }

const inGo = braced(
  /^func[ \t]+((?:\([^)]*\)[ \t]*)?(?:Test|Benchmark|Fuzz|Example)\w*)[ \t]*\(/gm,
  ([, name = '']) => name,
)
const inRust = braced(
  /#\[(?:\w+::)*(?:test|rstest|test_case)\b[^\]]*\](?:\s*#!?\[[^\]]*\])*\s*(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/g,
  ([, name = '']) => name,
)
const inJava = braced(
  /@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate)\b(?:\([^)]*\))?(?:\s*@[\w.]+(?:\([^)]*\))?)*\s*(?:(?:public|private|protected|internal|static|final|suspend|fun|void|[\w<>[\]]+)\s+)*(\w+|`[^`]*`)\s*\(/g,
  ([, name = '']) => name,
)

const inRuby: Finder = ({ bare }, text) => {
  const found: Found[] = []
  const pattern =
    /^([ \t]*)(?:(?:[xf]?(?:it|specify|example|scenario)|test|pending|skip)[ \t(]+(["'])|def[ \t]+(test_\w+))/gm
  for (const match of bare.matchAll(pattern)) {
    const [whole, indent = '', quote, method] = match
    const start = match.index + whole.length
    const name = quote ? text.slice(start, bare.indexOf(quote, start)) : (method ?? '')
    const end = new RegExp(`^[ \\t]{0,${indent.length}}(?:end\\b|\\})`, 'gm')
    end.lastIndex = start
    const close = end.exec(bare)
    const isOneLine = /\{[^}\n]*\}[ \t]*$/.test(bare.slice(match.index, bare.indexOf('\n', start) + 1).trimEnd())
    const to = isOneLine ? bare.indexOf('\n', start) : close ? close.index + close[0].length : bare.length
    found.push({ name, at: match.index + indent.length, from: match.index, to })
  }
  return found
}

const inShell: Finder = ({ bare }, text) => {
  const found: Found[] = []
  for (const match of bare.matchAll(/^[ \t]*(?:@test[ \t]+(["'])|(?:function[ \t]+)?(test_?\w+)[ \t]*\(\))/gm)) {
    const [whole, quote, name] = match
    const start = match.index + whole.length
    const end = quote ? bare.indexOf(quote, start) : start
    const open = bare.indexOf('{', end)
    if (open === -1) continue
    found.push({ name: name ?? text.slice(start, end), at: match.index, from: match.index, to: closing(bare, open) })
  }
  return found
}

const FINDERS: Record<Language, Finder> = {
  js: inJs,
  python: inPython,
  go: inGo,
  rust: inRust,
  java: inJava,
  ruby: inRuby,
  shell: inShell,
}
