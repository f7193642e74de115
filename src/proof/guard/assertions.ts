import type { Language } from './language.ts'
import { closing } from './mask.ts'

/** One assertion of a test. */
export interface Assertion {
  /** Without comments, blanks as one. */
  text: string
  /** It holds whatever the program does. */
  isTautology: boolean
  /** It says what comes out, and not only that something does. */
  isStrong: boolean
  /** It says exactly what comes out, and leaves no room for other values. */
  isExact: boolean
  /** It is only come to when a condition holds. */
  isConditional: boolean
}

/** Where an assertion begins; what it is called with is read from there on. */
const BEGINS: Record<Language, RegExp> = {
  js: /(?<![\w$])(?:expect(?:TypeOf)?(?:\.\w+)*|assert(?:\.\w+)*|[a-z]\w*\.should(?:\.\w+)*|(?:t|tap)\.(?:is|not|like|deepEqual|same|equal|true|false|truthy|falsy|throws\w*|snapshot|ok|regex)|(?:expect|assert|check|verify|should)[A-Z_]\w*)\s*\(|\.(?:should|expect)\s*\(/g,
  python:
    /(?<![\w.])assert\b(?=[\s(])|(?:self|cls)\.(?:assert|fail)\w*\s*\(|pytest\.(?:raises|warns|approx|fail)\s*\(|\w+\.assert_?\w+\s*\(|(?<![\w.])(?:assert|check|verify|expect)_\w+\s*\(/g,
  go: /(?<![\w.])(?:t|b|tb|f)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|(?<![\w.])(?:assert|require|is|qt|c)\.\w+\s*\(|(?<![\w.])(?:assert|require|check|verify|expect)[A-Z]\w*\s*\(/g,
  rust: /(?:\w+::)*(?:debug_)?(?:assert|assert_eq|assert_ne|assert_matches|assert_\w+|panic)!\s*[([{]|(?<![\w.])(?:assert|check|verify|expect)_\w+\s*\(/g,
  java: /(?<![\w])(?:(?:Assertions?|Assert|Truth|StepVerifier)\.)?(?:assert\w*|verify\w*|expect\w*|andExpect|fail|shouldBe|shouldThrow\w*|check[A-Z]\w*)\s*[({<]|\bshould(?:Be|Not\w*|Contain\w*|Have\w*|Throw\w*)\b/g,
  ruby: /(?<![\w.])(?:expect\b|(?:assert|refute)\w*|is_expected|flunk|(?:check|verify|expect)_\w+)|\.(?:should|should_not|must_\w+|wont_\w+)\b/g,
  shell: /^[ \t]*(?:\[\[?[ \t]|test[ \t]|assert\w*(?:[ \t]|$)|refute\w*(?:[ \t]|$)|(?:diff|cmp|grep)[ \t]).*$/gm,
}

/** Of what is longer only the beginning is compared. */
const MAX_CHARS = 2_000

/** The assertions of a test; `code` and `bare` as `mask` makes them. */
export function assertionsOf(language: Language, { code, bare }: { code: string; bare: string }): Assertion[] {
  const found: Assertion[] = []
  const conditions = conditionalParts(language, bare)
  let until = 0
  for (const match of bare.matchAll(BEGINS[language])) {
    const from = match.index
    if (from < until) continue
    const to = endOf(language, bare, from, match[0].length)
    until = to
    const condition = language === 'go' ? conditionBefore(code, bare, from) : ''
    const text = `${condition}${code.slice(from, to)}`
      .replace(/\s+/g, ' ')
      .replace(/;\s*$/, '')
      .trim()
      .slice(0, MAX_CHARS)
    // `assert_output 5`: what it looks at is nowhere to be seen.
    const isCalled = language === 'shell' && /^(?:assert|refute)/.test(text)
    const isTautology =
      TAUTOLOGIES.some((one) => one.test(text)) || (!isCalled && isConstant(text)) || saysTheSame(text) || isTuple(text)
    const isStrong = !isTautology && !isWeak(text)
    const isExact = isStrong && (!LOOSE.some((one) => one.test(text)) || matchesWhole(text))
    const isConditional = conditions.some(([start, end]) => from > start && from < end)
    found.push({ text, isTautology, isStrong, isExact, isConditional })
  }
  return found
}

function endOf(language: Language, bare: string, from: number, length: number): number {
  const last = bare[from + length - 1] ?? ''
  if (language === 'shell') return from + length
  if (!/[([{]/.test(last)) {
    // To the end of the statement: brackets and a dangling operator carry it on.
    for (let i = from + length; i < bare.length; i++) {
      const char = bare[i] as string
      if (/[([{]/.test(char)) i = closing(bare, i) - 1
      else if ((char === '\n' && !/^\s*[.&|]/.test(bare.slice(i + 1, i + 80))) || char === ';' || char === '}') return i
    }
    return bare.length
  }
  let to = closing(bare, from + length - 1)
  // `expect(x).not.toBe(1)`: the chain belongs to it, over line breaks too.
  for (;;) {
    const more = /^\s*\.\s*\w+(?:\s*[({<])?/.exec(bare.slice(to, to + 200))
    const infix = language === 'ruby' ? /^\s*\.(?:to|not_to|to_not)\b[^\n]*/.exec(bare.slice(to, to + 2_000)) : null
    if (infix) return to + infix[0].length
    if (!more) break
    const end = to + more[0].length
    to = /[({]$/.test(more[0]) ? closing(bare, end - 1) : end
  }
  return to
}

/** `if got != want { t.Errorf(…) }`: what is asserted comes before. */
function conditionBefore(code: string, bare: string, at: number): string {
  const found = /if\s+([^{}]*)\{\s*(?:t\.(?:Helper|Log\w*)\([^\n]*\n\s*)?$/.exec(bare.slice(Math.max(0, at - 500), at))
  if (!found) return ''
  const from = Math.max(0, at - 500) + found.index
  return `${code.slice(from, from + found[0].length).replace(/\s+/g, ' ')} `
}

/** What runs only when a condition holds; in Go the condition is the assertion. */
function conditionalParts(language: Language, bare: string): [from: number, to: number][] {
  const parts: [number, number][] = []
  if (language === 'python')
    for (const match of bare.matchAll(/^([ \t]*)(?:el)?if\b[^\n]*:[ \t]*$/gm)) {
      const [whole, indent = ''] = match
      const start = match.index + whole.length
      const end = new RegExp(`\\n[ \\t]{0,${indent.length}}\\S`).exec(bare.slice(start))
      parts.push([start, end ? start + end.index : bare.length])
    }
  else if (language === 'js' || language === 'java')
    for (const match of bare.matchAll(/\bif\s*\(/g)) {
      const start = closing(bare, match.index + match[0].length - 1)
      const open = /^\s*\{/.exec(bare.slice(start, start + 200))
      parts.push([start - 1, open ? closing(bare, start + open[0].length - 1) : endOfLine(bare, start)])
    }
  return parts
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

const TAUTOLOGIES = [
  /^if (?:false|1 == 2|true == false) \{|^if .*&& false \{/,
  /\|\|\s*true\s*\)|\bor True\b|\|\|\s*1\s*\)|\|\| true$/,
  /^\[\[? (?:1 -eq 1|0 -eq 0|true|"?\$\?"? -ge 0|-n "?\w+"?) \]\]?/,
  /^test (?:1 -eq 1|true)$/,
  /^assert\s+True\b\s*(?:,.*)?$/,
  /\.length\)?\.(?:toBeGreaterThanOrEqual|greaterThanOrEqual)\(0\)/,
  /^assert(?:\s|\()?.*\blen\([^()]*\)\s*>=\s*0\)?$/,
  /expect\(expect\.anything\(\)\)/,
  /\.toEqual\(expect\.anything\(\)\)$/,
]

/** `expect(true).toBe(true)`, `assert 1 == 1`, `assert_eq!(2, 2)`: nothing of the program is looked at. */
function isConstant(text: string): boolean {
  // A variable of the shell in its quotes.
  if (/\$\w|\$\{/.test(text)) return false
  const inner = text
    .replace(/^(?:[\w.:]*assert\w*!?|expect|self\.\w+|t\.\w+)\s*\(?/i, '')
    .replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '0')
    .replace(
      /\.\s*(?:not|to|be|toBe\w*|toEqual|toStrictEqual|toMatch\w*|isEqualTo|isTrue|isFalse|isNotNull|eq|eql|equal|not_to|to_not|a|an|is|resolves|rejects)\b/g,
      ' ',
    )
    .replace(
      /\b(?:eq|eql|equal|be_truthy|be|be_falsey|t|true|false|True|False|null|None|nil|undefined|not|is|and|or|to)\b/g,
      '0',
    )
  return (
    /^[\s\d.,()[\]{}=!<>&|+*/%:;-]*$/.test(inner) &&
    /\d/.test(inner) &&
    !/^(?:expect|assert\w*|self)\W*$/.test(text) &&
    /[(\s]/.test(text) &&
    !/\bfail\w*!?\(|\bFail(?:Now)?\(|\bError\(|\bFatal\(|\bpanic!|flunk|raises|hasAssertions|expect\.assertions/.test(
      text,
    )
  )
}

/** `assert (x == 6, "the sum")`: a tuple is always true. */
function isTuple(text: string): boolean {
  const inner = /^assert\s*\((.*)\)$/.exec(text)?.[1]
  return (
    inner !== undefined &&
    /^[^()]*(?:\([^()]*\)[^()]*)*$/.test(inner) &&
    splitTop(inner).length === 2 &&
    /,\s*f?["']/.test(inner)
  )
}

/** `expect(x).toBe(x)`, `assertEquals(x, x)`, `assert x == x`. */
function saysTheSame(text: string): boolean {
  const same = (a = '', b = '') => a.trim() !== '' && a.trim() === b.trim()
  const chain =
    /^expect\((.*)\)\.(?:to\.)?(?:toBe|toEqual|toStrictEqual|equal|eql|eq|deep\.equal|isEqualTo)\((.*)\)$/.exec(text)
  if (chain) return same(chain[1], chain[2])
  const that = /^(?:Assertions\.)?assertThat\((.*)\)\.(?:isEqualTo|isSameAs)\((.*)\)$/.exec(text)
  if (that) return same(that[1], that[2])
  const ruby = /^expect\s*\(?(.*?)\)?\.to eq\s*\(?(.*?)\)?$/.exec(text)
  if (ruby) return same(ruby[1], ruby[2])
  const pair =
    /^(?:[\w.:]*(?:assertEquals?|assertSame|assert_equal|strictEqual|deepEqual|equal|Equal|assert_eq!|is|same))\s*\((?:t, )?(.*)\)$/.exec(
      text,
    )
  if (pair) {
    const parts = splitTop(pair[1] ?? '')
    return same(parts[0], parts[1])
  }
  const bare = /^assert\s+(.*?)\s*==\s*(.*?)(?:,\s*["'].*)?$/.exec(text)
  return bare ? same(bare[1], bare[2]) : false
}

function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    if (/[([{]/.test(text[i] as string)) depth++
    else if (/[)\]}]/.test(text[i] as string)) depth--
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  return [...parts, text.slice(from)]
}

const WEAK = [
  /\.(?:toBeDefined|toBeTruthy|toBeFalsy|toBeInstanceOf|toHaveBeenCalled|to\.exist|to\.be\.ok)\b/,
  /\.not\.(?:toBeNull|toBeUndefined|toThrow|toBeFalsy|toBeNaN)\b/,
  /\.toBe(?:GreaterThan|GreaterThanOrEqual)\(\s*(?:0|-\d+)\s*\)/,
  /\.toBeLessThan(?:OrEqual)?\(\s*(?:Infinity|\d{6,})\s*\)/,
  /expect\.(?:any|anything)\(/,
  /\bis not None\s*(?:,.*)?$|assertIsNotNone|assert_is_not_none|assertIsInstance|\bisinstance\(|assertNotNull|isNotNull\(\)|NotNil\(|NotEmpty\(|assert\.NoError|be_truthy|not_to be_nil|to be_present|refute_nil|assert_not_nil|is_ok\(\)|is_some\(\)|assertDoesNotThrow|isNotEmpty\(\)/,
  /\.(?:is_ok|is_some)\(\)/,
  /^if \w+ == nil \{/,
]

/** There is room for other values: a part, a bound, a kind, one of many, all but one, any error. */
const LOOSE = [
  /\.(?:not|isNot)\.|\bassert_ne!|\b(?:assert)?not_?equals?\b|assertNot|\.not_to\b|\.to_not\b|\brefute/i,
  /\.(?:toMatchObject|toContain\w*|toMatch|toBeOneOf|toSatisfy|toBeGreater\w*|toBeLess\w*|toBeTypeOf|contain|include|match|above|below)\(/,
  /\b(?:string|array|object)(?:Containing|Matching)\(|^expect\(typeof\b/,
  /\.toBeCloseTo\([^,()]*,\s*(?:-\d+|0)\s*\)|approx\(.*\b(?:abs|rel)\s*=\s*[1-9]/,
  /^assert\b[^=]*\s(?:>=|<=|>|<|!=|in|not in)\s|\bassert(?:In|Greater|Less|Regex|NotIn|Contains)\w*\(/,
  /\.toThrow(?:Error)?\(\s*(?:Error)?\s*\)|raises\((?:Base)?Exception\b|assertRaises\((?:Base)?Exception\b|assertThrows\((?:Throwable|Exception|RuntimeException)\.class/,
  /\braise_error(?:\(?(?:StandardError|Exception)\)?)?$|\bto (?:be_an?\b|be_kind_of|be_instance_of|include|match|be [<>])/,
  /^(?:\[\[?|test) (?:-[nzfe] |.*=~|.*==? *"?\*)|^grep /,
  /(?:assert|require)\.(?:Contains|Greater|Less|InDelta|Regexp|Error)\w*\(/,
]

/** A pattern for all of a text, with enough of it spelled out. */
function matchesWhole(text: string): boolean {
  const pattern = /\.toMatch\(\s*\/\^(.*)\$\/\w*\s*,?\s*\)$/.exec(text)?.[1]
  return pattern !== undefined && pattern.replace(/\\.|\[[^\]]*\]|[.*+?{}()|]/g, '').length >= 8
}

/** It only says that something came out. */
function isWeak(text: string): boolean {
  if (WEAK.some((one) => one.test(text))) return true
  // A bare value, with nothing that it is compared with.
  const value =
    /^(?:assert\s+|assert(?:\.ok)?\(|assert!\(|self\.assertTrue\(|assertTrue\(|(?:assert|require)\.True\(t, )([\w.]+(?:\([^()]*\))?)\)?(?:,.*)?$/.exec(
      text,
    )
  return value !== null && !/[=<>]|\bin\b|\.(?:includes|startsWith|endsWith|equals|contains)\(/.test(value[1] ?? '')
}

/** Numbers, strings and the like that an assertion speaks of. */
export function literalsOf(text: string): Set<string> {
  return new Set(
    [
      ...text.matchAll(
        /(["'`])((?:\\.|(?!\1).)*)\1|(?<![\w.])-?\d[\d_.]*\b|\b(?:true|false|null|undefined|True|False|None|nil)\b/g,
      ),
    ].map(([whole, , inner]) => inner ?? whole),
  )
}
