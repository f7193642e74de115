import type { Finding } from '../../core/types.ts'
import { shortened } from '../../text/cut.ts'
import { type Assertion, assertionsOf, literalsOf } from './assertions.ts'
import { readTests, type TestCase } from './cases.ts'
import { helpersOf } from './helpers.ts'
import { isRun, isTestFile, type Language, languageOf, subjectOf } from './language.ts'
import { mask } from './mask.ts'
import { SWALLOWED, swallows } from './swallowed.ts'
import type { ChangedFile } from './types.ts'

interface Case extends TestCase {
  path: string
  assertions: Assertion[]
  /** Of those, what it asserts itself and not by a function that it calls. */
  own: Assertion[]
  language: Language
  /** What it is nested in: the line of its class, and how far it is indented. */
  group: string
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
    ...replaced(before, after),
  ]
}

function casesOfAll(texts: [path: string, text: string | undefined][]): Case[] {
  const helpers = new Map<string, Assertion[]>()
  for (const [path, text] of texts) {
    const language = languageOf(path)
    if (text === undefined || !language || !isTestFile(path)) continue
    for (const [name, own] of helpersOf(language, mask(text, language))) helpers.set(name, own)
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
    const own = assertionsOf(language, one)
    const assertions = [...own]
    for (const name of new Set(one.bare.match(/(?<![\w.$])[A-Za-z_$][\w$]*(?=\s*\()/g)))
      assertions.push(...(helpers.get(name) ?? []))
    return { ...one, path, language, assertions, own, group: groupOf(read.masked.bare, one) }
  })
}

function groupOf(bare: string, { from }: TestCase): string {
  const line = bare.slice(bare.lastIndexOf('\n', from) + 1, from + 200)
  const indent = /^[ \t]*/.exec(bare[from] === '\n' ? '' : line)?.[0].length ?? 0
  return indent === 0
    ? ''
    : (bare
        .slice(0, from)
        .match(/^[ \t]*class\b.*$/gm)
        ?.at(-1) ?? '')
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
const exact = (assertions: Assertion[]) => assertions.filter(({ isExact }) => isExact)

function gone(one: Case, others: Case[], files: readonly ChangedFile[]): Finding[] {
  const isIn = (other: Case) =>
    other.isTable && strong(other.assertions).length > 0 && covers(literals(one), literals(other))
  if (one.assertions.length > 0 && literals(one).size > 0 && others.some(isIn)) return []
  const isRepeated = ({ language, own }: Case) => {
    const left = counted(own.map(({ text }) => text))
    return language === one.language && one.own.every(({ text }) => take(left, text))
  }
  // What it asserted is asserted word for word in another test.
  if (one.own.length > 0 && others.some(isRepeated)) return []
  const subject = subjectOf(one.path)
  // What it tested is gone as well.
  const isObsolete = files.some(
    ({ path, from, after }) => after === undefined && !isTestFile(from ?? path) && subjectOf(from ?? path) === subject,
  )
  const went = isObsolete ? undefined : removedNames(files).find((name) => new RegExp(`\\b${name}\\b`).test(one.bare))
  const along = isObsolete ? ', with what it tested' : went ? `, and so is ${went}, which it used` : ''
  return [
    {
      kind: 'test-deleted',
      weight: isObsolete ? 'tell' : 'ask',
      text: `The test “${short(one.name)}” is gone${along}.`,
      path: one.path,
      detail: excerpt(one.code, '-'),
    },
  ]
}

const DEFINED =
  /\b(?:function\*?|const|let|class|def|func|fn|interface|type|struct|enum|static\s+[\w<>[\]]+)\s+(?:\([^)]*\)\s*|self\.)?(\w{3,})/g

/** Functions, classes and the like that the program had, in files that changed, and no longer has. */
function removedNames(files: readonly ChangedFile[]): string[] {
  const program = files.flatMap(({ path, from = path, before, after }) => {
    const language = languageOf(from)
    if (!language || isTestFile(from)) return []
    return [{ before: mask(before ?? '', language).bare, after: mask(after ?? '', language).bare }]
  })
  const has = new Set(program.flatMap(({ after }) => after.match(/\w+/g) ?? []))
  return program.flatMap(({ before }) =>
    [...before.matchAll(DEFINED)].flatMap(([, name = '']) => (has.has(name) ? [] : [name])),
  )
}

/** Of what shows a finding. */
const MOST_LINES = 20

const literals = (one: Case) => literalsOf(`${one.code}`)

/** `missing`: how many may be; the name of a test is a literal too. */
function covers(wanted: Set<string>, given: Set<string>, missing = 1): boolean {
  return [...wanted].filter((literal) => !given.has(literal)).length <= missing
}

/** What is said of a test, and what shows it; `words` follow its name. */
interface Weakness {
  kind: Finding['kind']
  weight: Finding['weight']
  words: string
  detail: string
}

function compared(one: Case, other: Case, elsewhere: Map<string, number>): Finding[] {
  const weaknesses = [
    ...assertsLess(one, other, elsewhere),
    ...assertsSometimes(one, other),
    ...swallowsMore(one, other),
  ]
  return weaknesses.map(({ kind, weight, words, detail }) => ({
    kind,
    weight,
    text: `The test “${short(other.name)}” ${words}.`,
    ...{ path: other.path, line: other.line, detail },
  }))
}

/** Assertions that went without others that say as much: the worst of what can be said of them. */
function assertsLess(one: Case, other: Case, elsewhere: Map<string, number>): Weakness[] {
  const left = counted(other.assertions.map(({ text }) => text))
  const lost = one.assertions.filter(({ text }) => !take(left, text) && !take(elsewhere, text))
  const had = counted(one.assertions.map(({ text }) => text))
  const gained = other.assertions.filter(({ text }) => !take(had, text))
  const proven = strong(gained)
  const lines = [...lost.map(({ text }) => `- ${text}`), ...gained.map(({ text }) => `+ ${text}`)]
  const detail = lines.slice(0, MOST_LINES).join('\n')

  if (gained.some(({ isTautology }) => isTautology))
    return [{ kind: 'test-tautology', weight: 'ask', words: 'asserts what is always true', detail }]

  const isWeaker = strong(lost).length > proven.length && !isMerged(lost, proven, other)
  const isLooser = exact(lost).length > exact(gained).length && !isMerged(exact(lost), exact(gained), other)
  if (lost.some(({ isTautology }) => !isTautology) && (isWeaker || isLooser))
    return [{ kind: 'test-weakened', weight: 'ask', words: 'asserts less than before', detail }]

  const isShorter = lost.length > gained.length && other.assertions.length < one.assertions.length
  if (isShorter && !isMerged(lost, proven, other))
    return [{ kind: 'test-weakened', weight: 'ask', words: 'has fewer assertions than before', detail }]

  const isChanged = ({ isStrong, text }: Assertion) =>
    isStrong && proven.some((now) => subject(text) === subject(now.text) && text !== now.text)
  return lost.some(isChanged)
    ? [{ kind: 'test-expects', weight: 'tell', words: 'now expects something else', detail }]
    : []
}

function assertsSometimes(one: Case, other: Case): Weakness[] {
  const always = ({ assertions }: Case) =>
    counted(assertions.flatMap(({ isConditional, text }) => (isConditional ? [] : [text])))
  const [before, now] = [always(one), always(other)]
  const conditioned = other.assertions.filter(
    ({ isConditional, text }) => isConditional && (before.get(text) ?? 0) > (now.get(text) ?? 0),
  )
  if (conditioned.length === 0) return []
  const detail = conditioned
    .slice(0, MOST_LINES)
    .map(({ text }) => `  ${text}`)
    .join('\n')
  const words = 'asserts on a condition what it always asserted before'
  return [{ kind: 'test-weakened', weight: 'ask', words, detail }]
}

function swallowsMore(one: Case, other: Case): Weakness[] {
  const words = [
    ...(swallows(other) > swallows(one) ? ['catches its own failures'] : []),
    ...SWALLOWED.flatMap(([pattern, is]) => (count(other.code, pattern) > count(one.code, pattern) ? [is] : [])),
  ]
  return words.map((is) => ({
    ...{ kind: 'test-weakened', weight: 'ask', words: is },
    detail: excerpt(other.code, ' '),
  }))
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

/** In Python the last function of a name is the one that counts; those above are never run. */
function replaced(before: readonly Case[], after: readonly Case[]): Finding[] {
  const placeOf = ({ path, group, name }: Case) => `${path}\n${group}\n${name}`
  const had = counted(before.map(placeOf))
  const has = counted(after.map(placeOf))
  return after
    .filter((one, i) => {
      const place = placeOf(one)
      const isFirst = after.findIndex((other) => placeOf(other) === place) === i
      return one.language === 'python' && isFirst && (has.get(place) ?? 0) > Math.max(1, had.get(place) ?? 0)
    })
    .map(({ name, path, line, code }) => ({
      kind: 'test-deleted',
      weight: 'ask',
      text: `The test “${short(name)}” never runs: another one of the same name below replaces it.`,
      path,
      line,
      detail: excerpt(code, ' '),
    }))
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
const short = (name: string) => shortened(name, 80).replace(/\s+/g, ' ')

function excerpt(code: string, sign: string): string {
  const lines = code.split('\n').filter((line) => line.trim() !== '')
  const shown = lines.slice(0, 12).map((line) => `${sign} ${line.slice(0, 200)}`)
  return (lines.length > 12 ? [...shown, `${sign} …`] : shown).join('\n')
}
