import type { Finding } from '../../core/types.ts'
import { readTests, type TestCase } from './cases.ts'
import { isTestFile, type Language } from './language.ts'
import { linesIn, type Masked } from './mask.ts'
import type { ChangedFile } from './types.ts'

interface Marker {
  /** What is written there. */
  text: string
  at: number
  line: number
  /** It may run anyway: on another system, with another setting. */
  isConditional: boolean
}

/** Signs in a test file that a test does not run, by language. The first group, where there is one, makes it conditional. */
const MARKERS: Record<Language, RegExp> = {
  js: /(?<![\w$])(?:it|test|specify|describe|suite|context|Deno\.test)(?:\.\w+)*\.(?:skip(If)?|run(If)|todo|only|fails|failing|fixme|slow|ignore)\b|(?<![\w.$])x(?:it|test|describe|specify|context)\s*\(|(?<![\w.$])f(?:it|describe|test|context)\s*\(|(?<![\w.$])(?:it|test|describe)(?:\.\w+)*\.(?:each|for)\(\s*\[\s*\]\s*\)|(?<![\w.$])(?:it|test|describe)\([^\n{]{0,300}\{[^}\n]*\b(?:skip|todo|only):\s*(?!false\b)|\bthis\.skip\(\)|\b(?:ctx|context|t)\.skip\(|\bignore:\s*true/g,
  python:
    /@(?:pytest\.mark\.|mark\.)(?:skip(if)?|xfail)\b|@(?:unittest\.)?(?:skip(If|Unless)?|expectedFailure)\b|pytest\.(?:skip|xfail|importorskip)\s*\(|self\.skipTest\s*\(|raise\s+(?:unittest\.)?SkipTest|^pytestmark\s*=.*\bskip(if)?|__test__\s*=\s*False|collect_ignore(?:_glob)?\b|parametrize\([^\n]*,\s*\[\s*\]\s*[,)]/gm,
  go: /\b[tb]\.Skip(?:f|Now)?\s*\(|^\/\/go:build\s+\S+/gm,
  rust: /#\[(?:cfg_attr\([^\]]*)?\bignore\b[^\]]*\]|#\[cfg\((?:any\(\)|FALSE|never|feature\s*=)[^\]]*\]|#\[should_panic/g,
  java: /@(?:\w+\.)*(?:Disabled|Ignore)\b|@(?:Disabled|Enabled)(If|On|For)\w*|\bassume(?:True|False|That)\s*\(|enabled\s*=\s*false|\.config\(enabled\s*=\s*false|\bxtest\b/g,
  ruby: /^\s*x(?:it|describe|context|specify|example|scenario)\b|^\s*(?:skip|pending)\b|\b(?:skip|pending):\s*|^\s*f(?:it|describe|context)\b|,\s*:(?:skip|pending|focus)\b|\bfocus:\s*true/gm,
  shell: /^\s*skip\b|^\s*startSkipping\b/gm,
}

/** Tests that do not run any more, and tests that keep all others from running. */
export function skippedTests(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap((file) => {
    const { path, from, before, after } = file
    if (after === undefined || !(isTestFile(path) || /\.rs$/.test(path))) return []
    const now = readTests(path, after)
    if (!now) return []
    const old = before === undefined ? undefined : readTests(from ?? path, before)
    const had = new Map<string, number>()
    const names = new Set(old?.cases.map(({ name }) => name))
    for (const marker of old ? markersOf(old.language, old.masked, before ?? '') : []) {
      const owner = ownerOf(old?.cases ?? [], marker.at)
      const key = keyOf(marker, owner)
      had.set(key, (had.get(key) ?? 0) + 1)
    }
    return markersOf(now.language, now.masked, after).flatMap((marker): Finding[] => {
      const owner = ownerOf(now.cases, marker.at)
      const key = keyOf(marker, owner)
      const left = had.get(key) ?? 0
      had.set(key, left - 1)
      if (left > 0) return []
      const isNew = owner !== undefined && !names.has(owner.name)
      // A new test that runs on one system only, or is noted to be written, takes nothing away.
      if ((isNew || old === undefined) && (marker.isConditional || /todo|should_panic/.test(marker.text))) return []
      const isOnly = /\.only|\bonly:|^f(?:it|describe|test|context)|focus/.test(marker.text.trim())
      const called = owner ? `The test “${owner.name.slice(0, 80)}”` : 'A part of the tests'
      const text = isOnly
        ? 'Only some tests run: the others of this file are left out.'
        : `${called} ${/xfail|fails|failing|expectedFailure|should_panic/.test(marker.text) ? 'is expected to fail' : 'is skipped'}.`
      return [
        {
          kind: isOnly ? 'test-only' : 'test-skipped',
          weight: 'ask',
          text,
          path,
          line: marker.line,
          detail: lineOf(after, marker.at),
        },
      ]
    })
  })
}

/** A file with more is none that a person wrote; the first ones say enough. */
const MAX_MARKERS = 1_000

function markersOf(language: Language, { bare }: Masked, text: string): Marker[] {
  // Build tags of Go are comments, and comments are blanked out.
  const source =
    language === 'go' ? bare + (text.match(/^\/\/go:build.*$/gm) ?? []).map((tag) => `\n${tag}`).join('') : bare
  const lineAt = linesIn(text)
  return [...source.matchAll(MARKERS[language])].slice(0, MAX_MARKERS).map((match) => ({
    text: match[0],
    at: Math.min(match.index, text.length - 1),
    line: match.index < text.length ? lineAt(match.index) : 1,
    isConditional:
      match.slice(1).some((group) => group !== undefined) ||
      /testing\.Short/.test(text.slice(Math.max(0, match.index - 60), match.index)),
  }))
}

const keyOf = ({ text }: Marker, owner: TestCase | undefined) => `${text.trim()}|${owner?.name ?? ''}`

function ownerOf(cases: readonly TestCase[], at: number): TestCase | undefined {
  return cases.find(({ from, to }) => at >= from && at < to)
}

function lineOf(text: string, at: number): string {
  const from = text.lastIndexOf('\n', at - 1) + 1
  const to = text.indexOf('\n', at)
  return `+ ${text
    .slice(from, to === -1 ? undefined : to)
    .trim()
    .slice(0, 300)}`
}
