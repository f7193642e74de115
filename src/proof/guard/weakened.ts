import type { Finding } from '../../core/types.ts'
import { type Assertion, assertionsOf, literalsOf } from './assertions.ts'
import { readTests, type TestCase } from './cases.ts'
import { isRun, isTestFile, type Language, languageOf, subjectOf } from './language.ts'
import { mask } from './mask.ts'
import type { ChangedFile } from './types.ts'

interface Case extends TestCase {
  path: string
  assertions: Assertion[]
  language: Language
}

/** What became of the tests: those that are gone, those that prove less than before, those that prove nothing. */
export function weakenedTests(files: readonly ChangedFile[]): Finding[] {
  const before = casesOfAll(files.map(({ path, from, before }) => [from ?? path, before]))
  const after = casesOfAll(files.map(({ path, after }) => [path, after]))
  const pairs = new Map<Case, Case>()
  const free = new Set(after)
  const renamed = new Map(files.map(({ path, from }) => [from ?? path, path]))
  const pairBy = (keyOf: (one: Case) => string, keyBefore = keyOf) => {
    const places = new Map<string, Case[]>()
    for (const one of free) places.set(keyOf(one), [...(places.get(keyOf(one)) ?? []), one])
    for (const one of before) {
      const other = pairs.has(one) ? undefined : places.get(keyBefore(one))?.shift()
      if (!other) continue
      pairs.set(one, other)
      free.delete(other)
    }
  }
  pairBy(
    ({ path, name }) => `${path}
${name}`,
    ({ path, name }) => `${renamed.get(path)}
${name}`,
  )
  pairBy(({ name }) => name)
  for (const one of before) {
    const other = pairs.has(one) ? undefined : alike(one, free)
    if (!other) continue
    pairs.set(one, other)
    free.delete(other)
  }
  const taken = new Set(pairs.values())
  const gained = after.filter((one) => !taken.has(one))
  const changed = before.flatMap((b) => (pairs.has(b) ? [pairs.get(b) as Case] : []))
  // What was split off into a test of its own is asserted there.
  const elsewhere = counted(gained.flatMap(({ assertions }) => assertions.map(({ text }) => text)))
  return [
    ...before.filter((one) => !pairs.has(one)).flatMap((one) => gone(one, [...gained, ...changed], files)),
    ...[...pairs].flatMap(([one, other]) => compared(one, other, elsewhere)),
    ...gained.flatMap(provesNothing),
  ]
}

function casesOfAll(texts: [path: string, text: string | undefined][]): Case[] {
  const helpers = new Map<string, Assertion[]>()
  for (const [path, text] of texts) {
    const language = languageOf(path)
    if (text === undefined || !language || !isTestFile(path)) continue
    for (const [name, own] of helpersOf(language, mask(text, language).code)) helpers.set(name, own)
  }
  return texts.flatMap(([path, text]) => casesOf(path, text, helpers))
}

function casesOf(path: string, text: string | undefined, helpers: Map<string, Assertion[]>): Case[] {
  // Rust and others keep tests beside the code; elsewhere a function called `test` in the program is none.
  if (text === undefined || !(isTestFile(path) || /\.rs$/.test(path))) return []
  const read = readTests(path, text)
  if (!read || (!isRun(path) && read.language !== 'rust')) return []
  const { language } = read
  return read.cases.map((one) => {
    const assertions = assertionsOf(language, one)
    for (const name of new Set(one.bare.match(/(?<![\w.$])[A-Za-z_$][\w$]*(?=\s*\()/g)))
      assertions.push(...(helpers.get(name) ?? []))
    return { ...one, path, language, assertions }
  })
}

/** Functions of the file that assert on behalf of its tests. */
function helpersOf(language: Language, code: string): Map<string, Assertion[]> {
  const helpers = new Map<string, Assertion[]>()
  const pattern =
    language === 'python' || language === 'ruby'
      ? /^([ \t]*)def (?!test)(\w+)[\s\S]{0,3000}?(?=\n\1\S|\n\1?(?:def|end)\b|$(?![\s\S]))/gm
      : /(?:function|const|let|func|fn|void)\s+()(\w+)\s*[=(][\s\S]{0,3000}?\n[}\]]/g
  for (const match of code.matchAll(pattern)) {
    const name = match[2] ?? ''
    if (/^(test|it|describe|Test)/.test(name)) continue
    const own = assertionsOf(language, { code: match[0], bare: match[0] })
    if (own.length > 0) helpers.set(name, own)
  }
  return helpers
}

/** A test that was given another name: most of what it asserted is asserted there. */
function alike(one: Case, others: Iterable<Case>): Case | undefined {
  const texts = new Set(one.assertions.map(({ text }) => text))
  if (texts.size === 0) return undefined
  let best: { other: Case; share: number } | undefined
  for (const other of others) {
    if (other.language !== one.language) continue
    const share = other.assertions.filter(({ text }) => texts.has(text)).length / texts.size
    if (share >= 0.5 && share > (best?.share ?? 0)) best = { other, share }
  }
  return best?.other
}

const strong = (assertions: Assertion[]) => assertions.filter(({ isStrong }) => isStrong)

function gone(one: Case, others: Case[], files: readonly ChangedFile[]): Finding[] {
  const isIn = (other: Case) =>
    other.isTable && strong(other.assertions).length > 0 && covers(literals(one), literals(other))
  if (one.assertions.length > 0 && literals(one).size > 0 && others.some(isIn)) return []
  const subject = subjectOf(one.path)
  // What it tested is gone as well.
  const isObsolete = files.some(
    ({ path, from, after }) => after === undefined && !isTestFile(from ?? path) && subjectOf(from ?? path) === subject,
  )
  return [
    {
      kind: 'test-deleted',
      weight: isObsolete ? 'tell' : 'ask',
      text: `The test “${short(one.name)}” is gone${isObsolete ? ', with what it tested' : ''}.`,
      path: one.path,
      detail: excerpt(one.code, '-'),
    },
  ]
}

const literals = (one: Case) => literalsOf(`${one.code}`)

/** `missing`: how many may be; the name of a test is a literal too. */
function covers(wanted: Set<string>, given: Set<string>, missing = 1): boolean {
  return [...wanted].filter((literal) => !given.has(literal)).length <= missing
}

function compared(one: Case, other: Case, elsewhere: Map<string, number>): Finding[] {
  const left = counted(other.assertions.map(({ text }) => text))
  const lost = one.assertions.filter(({ text }) => !take(left, text) && !take(elsewhere, text))
  const had = counted(one.assertions.map(({ text }) => text))
  const gained = other.assertions.filter(({ text }) => !take(had, text))
  const at = { path: other.path, line: other.line }
  const called = `“${short(other.name)}”`
  const found: Finding[] = []
  const detail = [...lost.map(({ text }) => `- ${text}`), ...gained.map(({ text }) => `+ ${text}`)]
    .slice(0, 20)
    .join('\n')
  const proven = strong(gained)
  if (gained.some(({ isTautology }) => isTautology))
    found.push({
      kind: 'test-tautology',
      weight: 'ask',
      text: `The test ${called} asserts what is always true.`,
      ...at,
      detail,
    })
  else if (
    lost.some(({ isTautology }) => !isTautology) &&
    strong(lost).length > proven.length &&
    !isMerged(lost, proven, other)
  )
    found.push({
      kind: 'test-weakened',
      weight: 'ask',
      text: `The test ${called} asserts less than before.`,
      ...at,
      detail,
    })
  else if (
    lost.length > gained.length &&
    !isMerged(lost, proven, other) &&
    other.assertions.length < one.assertions.length
  )
    found.push({
      kind: 'test-weakened',
      weight: 'ask',
      text: `The test ${called} has fewer assertions than before.`,
      ...at,
      detail,
    })
  else if (lost.some((a) => a.isStrong && proven.some((b) => subject(a.text) === subject(b.text) && a.text !== b.text)))
    found.push({
      kind: 'test-expects',
      weight: 'tell',
      text: `The test ${called} expects something else now.`,
      ...at,
      detail,
    })
  for (const [pattern, words] of SWALLOWED) {
    if (count(other.code, pattern) > count(one.code, pattern))
      found.push({
        kind: 'test-weakened',
        weight: 'ask',
        text: `The test ${called} ${words}.`,
        ...at,
        detail: excerpt(other.code, ' '),
      })
  }
  return found
}

/** What was asserted one by one is asserted at once: what it speaks of is all there. */
function isMerged(lost: Assertion[], gained: Assertion[], other: Case): boolean {
  if (gained.length === 0) return false
  const wanted = new Set(lost.flatMap(({ text }) => [...literalsOf(expectedOf(text))]))
  return lost.length > 0 && covers(wanted, literalsOf(other.code), 0)
}

/** The part of an assertion that says what should come out, where it can be told. */
const expectedOf = (text: string) =>
  /^if (.*?) \{ /.exec(text)?.[1] ??
  /\)\s*\.(?:not\.)?\w+\((.*)\)$/.exec(text)?.[1] ??
  /==\s*(.*)$/.exec(text)?.[1] ??
  text
/** The part that says of what. */
const subject = (text: string) => /^(.*?)(?:\)\s*\.(?:not\.|to )?\w|==|, )/.exec(text)?.[1] ?? text

/** Ways to let a failure pass unseen, or not to come to it at all. */
const SWALLOWED: [RegExp, string][] = [
  [
    /catch\s*(?:\([^)]*\))?\s*\{\s*\}|except[^\n:]*:\s*(?:\n\s*)?(?:pass|\.\.\.|return)\b|rescue[^\n]*\n\s*(?:nil\s*)?end|\.catch\(\s*(?:\(\w*\)|\w+)?\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)|catch_unwind/g,
    'lets failures pass unseen',
  ],
  [
    /^\s*return\s*;?\s*(?:True|nil)?\s*$|(?:=>\s*\{|\)\s*\{|\bdo)\s*return\s*;?\s*$|^\s*if\s*\(?(?:true|True|1)\)?[^\n]*\breturn\b/gm,
    'ends before it has asserted everything',
  ],
  [
    /\bif\s*\(?\s*(?:false|False|0|nil)\s*\)?\s*[:{]?\s*$|\bif\s*\(\s*(?:false|0)\s*\)/gm,
    'has assertions that never run',
  ],
  [/\|\|\s*(?:true|:)\s*$/gm, 'lets failures pass unseen'],
]

function provesNothing(one: Case): Finding[] {
  if (one.assertions.length === 0 || one.assertions.some(({ isTautology }) => !isTautology)) return []
  return [
    {
      kind: 'test-tautology',
      weight: 'ask',
      text: `The new test “${short(one.name)}” asserts only what is always true.`,
      path: one.path,
      line: one.line,
      detail: excerpt(one.code, '+'),
    },
  ]
}

function counted(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function take(counts: Map<string, number>, text: string): boolean {
  const left = counts.get(text) ?? 0
  counts.set(text, left - 1)
  return left > 0
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length
const short = (name: string) => (name.length > 80 ? `${name.slice(0, 79)}…` : name).replace(/\s+/g, ' ')

function excerpt(code: string, sign: string): string {
  const lines = code.split('\n').filter((line) => line.trim() !== '')
  const shown = lines.slice(0, 12).map((line) => `${sign} ${line.slice(0, 200)}`)
  return (lines.length > 12 ? [...shown, `${sign} …`] : shown).join('\n')
}
