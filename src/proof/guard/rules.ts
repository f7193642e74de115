import type { Finding } from '../../core/types.ts'
import { baseName, isTestFile, languageOf } from './language.ts'
import { type ChangedLine, changeText, lineDiff } from './lines.ts'
import { mask } from './mask.ts'
import type { ChangedFile } from './types.ts'

/** Coverage, lint and type rules that ask for less than before, and remarks in the code that switch them off. */
export function loosenedRules(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap((file) => [
    ...lowered(file),
    ...switchedOff(file),
    ...ignoredMore(file),
    ...compiledLess(file),
    ...remarks(file),
  ])
}

const CONFIG =
  /(^|\/)(\.?(eslint|oxlint|stylelint|prettier|biome|tslint|xo|jest|vitest|vite|karma|nyc|c8|babel|mocha|ava|playwright|cypress|codecov|coveragerc|flake8|pylintrc|ruff|mypy|pyrightconfig|bandit|rubocop|simplecov|golangci|clippy|rustfmt|editorconfig|sonar|checkstyle|pmd|detekt|spotbugs|ktlint|tsconfig|jsconfig|tox|setup|pyproject|pytest|package|deno|pom|build|Cargo|phpstan|codeclimate|shellcheckrc|markdownlint)[\w.-]*)$/i
const RULES_NAME = /\.(json|jsonc|json5|ya?ml|toml|ini|cfg|xml|js|mjs|cjs|ts|mts|rb|kts|gradle)$|(^|\/)\.[\w-]+$/

const isRuleFile = (path: string) =>
  !/-lock\.|\.lock$/.test(path) &&
  CONFIG.test(`/${baseName(path)}`) &&
  (RULES_NAME.test(path) || !path.includes('.')) &&
  !isTestFile(path)

const THRESHOLD =
  /["']?\b(branches|functions|lines|statements|fail[_-]under|minimum(?:_coverage)?(?:_by_file)?|threshold|target|cov-fail-under|check-coverage|perFile|max-warnings|min(?:imum)?_?score)\b["']?\s*[:=,>]?\s*["']?(-?\d+(?:\.\d+)?)(%?)/gi

/** Numbers that coverage must reach. */
function lowered({ path, before, after }: ChangedFile): Finding[] {
  if (
    before === undefined ||
    !(isRuleFile(path) || /(^|\/)(Makefile|\.coveragerc|spec_helper\.rb|\.simplecov)$|\.ya?ml$|\.sh$/.test(path))
  )
    return []
  const [had, has] = [thresholdsOf(before), thresholdsOf(after ?? '')]
  const lower = [...had].filter(([name, values]) => {
    const now = has.get(name)
    const isCeiling = name === 'max-warnings'
    if (!now || now.length < values.length) return !isCeiling
    return values.some((value, i) => (isCeiling ? (now[i] ?? 0) > value : (now[i] ?? 0) < value))
  })
  if (lower.length === 0) return []
  const detail = changeText(before, after ?? '')
  return [{ kind: 'coverage', weight: 'ask', path, text: 'A coverage or score threshold was lowered.', detail }]
}

function thresholdsOf(text: string): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const [, name = '', value] of text.matchAll(THRESHOLD)) {
    const key = name.toLowerCase()
    found.set(key, [...(found.get(key) ?? []), Number(value)])
  }
  return found
}

/** A rule that was on, in words that lint, type and test tools have for off. */
const OFF =
  /["']?:\s*\[?\s*["']?(?:off|warn|0|1)\b|["']off["']|\bEnabled:\s*false|=\s*["']?allow["']?|level\s*=\s*["']allow|["']?:\s*["'](?:ignore|none|off)["']|\bignore_errors\s*[=:]\s*true|\b(?:passWithNoTests|skipTests?|testFailureIgnore|ignoreFailures|allow_failure|continueOnError|ignore_missing_imports|ignoreBuildErrors|ignoreDuringBuilds|skipLibCheck|emitWarning)\b["']?\s*[:=>(]*\s*["']?true|\bbail\b.*\bfalse/i
const STRICT =
  /\b(strict\w*|noImplicit\w*|noUnused\w*|noUnchecked\w*|exactOptional\w*|noFallthrough\w*|disallow_\w+|warn_\w+|check_untyped_defs|allowUnreachableCode|forbidOnly|deny|forbid|failOnWarning|failFast|errorOnWarnings|allWarningsAsErrors)\b["']?\s*[:=]\s*["']?(true|false|\[|error)/i

function switchedOff({ path, before, after }: ChangedFile): Finding[] {
  if (before === undefined || !isRuleFile(path)) return []
  if (after === undefined)
    return /package\.json$|pyproject\.toml$|build\.gradle|pom\.xml|Cargo\.toml|vite\.config|setup\.|deno\.json|babel/.test(
      path,
    )
      ? []
      : [{ kind: 'rules', weight: 'ask', path, text: 'A file of rules was deleted.', detail: changeText(before, '') }]
  const language = languageOf(path) ?? 'hash'
  const isJson = /\.json[c5]?$/.test(path)
  const { added, removed } = lineDiff(
    isJson ? before : mask(before, language).code,
    isJson ? after : mask(after, language).code,
  )
  const off = added.find(({ text }) => OFF.test(text) && !removed.some((old) => isSameOff(old.text, text)))
  const loose = removed.find(({ text }) => {
    const [, name = '', value = ''] = STRICT.exec(text) ?? []
    if (name === '' || value === 'false') return false
    return (
      !added.some((line) => STRICT.exec(line.text)?.[1] === name && !/false/.test(line.text)) && !isImplied(name, after)
    )
  })
  const unruled = /eslint|biome|oxlint|stylelint|tslint/.test(path)
    ? removed.find(
        ({ text }) =>
          /["'](?:error|2)["']?|:\s*\[?\s*(?:["']error["']|2\b)/.test(text) &&
          !added.some((line) => nameOf(line.text) === nameOf(text) && /error|2/.test(line.text)),
      )
    : undefined
  const line = off ?? loose ?? unruled
  if (!line) return []
  return [
    {
      kind: 'rules',
      weight: 'ask',
      path,
      ...(off && { line: off.line }),
      text: 'A rule was loosened or turned off.',
      detail: changeText(before, after),
    },
  ]
}

const nameOf = (text: string) => /["']?([\w@/.-]+)["']?\s*:/.exec(text)?.[1] ?? text
const isSameOff = (old: string, now: string) => OFF.test(old) && nameOf(old) === nameOf(now)
/** `strict` in tsconfig brings the single rules along. */
const isImplied = (name: string, after: string) =>
  /^(noImplicit\w+|strict\w+)$/.test(name) && name !== 'strict' && /"strict"\s*:\s*true/.test(after)

const IGNORE_FILE =
  /(^|\/)\.(eslint|prettier|stylelint|biome|oxlint|shellcheck|nyc|coverage|trivy|snyk|semgrep|gitleaks|dockle|markdownlint)ignore$/
const IGNORE_KEY =
  /\b(ignore\w*|exclude\w*|extend-ignore|extend-exclude|per-file-ignores|disable\w*|omit|skips?|ignorePatterns|testPathIgnorePatterns|coveragePathIgnorePatterns|norecursedirs|deselect|--ignore|--deselect|--exclude|--skip\b)/i

/** Files and rules that tools are told to leave out. */
function ignoredMore({ path, before, after }: ChangedFile): Finding[] {
  if (after === undefined) return []
  if (IGNORE_FILE.test(path)) {
    const { added } = lineDiff(before ?? '', after)
    const more = added.filter(({ text }) => !text.startsWith('#') && !HARMLESS.test(text))
    return more.length === 0
      ? []
      : [
          {
            kind: 'rules',
            weight: 'ask',
            path,
            line: more[0]?.line ?? 1,
            text: 'A tool now leaves out more files.',
            detail: changeText(before ?? '', after),
          },
        ]
  }
  if (before === undefined || !isRuleFile(path) || /package\.json$|Cargo\.toml$|pom\.xml$|tsconfig/.test(path))
    return []
  const { added, removed } = lineDiff(before, after)
  const lines = after.split('\n')
  const more = added.filter((line) => isInIgnoreList(lines, line) && !HARMLESS.test(line.text) && /\w/.test(line.text))
  const grown = more.filter(({ text }) => {
    const old = removed.find((line) => nameOf(line.text) === nameOf(text))
    return !old || !isSubset(text, old.text)
  })
  if (grown.length === 0) return []
  return [
    {
      kind: 'rules',
      weight: 'ask',
      path,
      line: grown[0]?.line ?? 1,
      text: 'A tool now leaves out more.',
      detail: changeText(before, after),
    },
  ]
}

/** Files that a compiler's types are not checked in any more. */
function compiledLess({ path, before, after }: ChangedFile): Finding[] {
  if (before === undefined || after === undefined || !/(^|\/)[tj]sconfig[\w.-]*\.json$/.test(path)) return []
  const listIn = (text: string, key: string) =>
    (new RegExp(`"${key}"\\s*:\\s*\\[([^\\]]*)\\]`).exec(text)?.[1]?.match(/"[^"]*"/g) ?? []).map((one) =>
      one.slice(1, -1),
    )
  const [had, has] = [listIn(before, 'include'), listIn(after, 'include')]
  const lost = had.filter((one) => !has.includes(one))
  const isLess = has.length > 0 && lost.length > 0 && has.every((one) => had.includes(one))
  const out = listIn(after, 'exclude').filter(
    (one) => !listIn(before, 'exclude').includes(one) && !HARMLESS.test(`"${one}"`),
  )
  if (!isLess && out.length === 0) return []
  const text = 'Fewer files are type-checked.'
  return [{ kind: 'rules', weight: 'ask', path, text, detail: changeText(before, after) }]
}

/** Nobody checks what a build makes, or what others wrote. */
const HARMLESS =
  /^["'\s,*/-]*(?:\*\*\/)?(?:dist|build|out|node_modules|coverage|target|vendor|\.venv|venv|\.next|\.nuxt|\.turbo|\.cache|generated|__generated__|\.git|tmp|temp|migrations|storybook-static)\b[\w/*."',-]*$/

function isInIgnoreList(lines: readonly string[], { line, text: own }: ChangedLine): boolean {
  if (IGNORE_KEY.test(own)) return /[:=[]/.test(own) || own.startsWith('-')
  // An item of a list: the key is above it.
  if (!/^["'-]|^[A-Z]+\d+/.test(own)) return false
  for (let i = line - 2; i >= Math.max(0, line - 61); i--) {
    const one = (lines[i] ?? '').trim()
    if (/^["'-]|^[A-Z]+\d+|^$|^#|^\/\//.test(one) && !/[:=]\s*\[?$/.test(one)) continue
    return IGNORE_KEY.test(one) && /[:=]\s*\[?$|\[$/.test(one)
  }
  return false
}

const wordsOf = (text: string) => new Set(text.match(/[\w*./-]+/g) ?? [])
/** Nothing was added to the list but what is harmless. */
const isSubset = (text: string, of: string) => {
  const had = wordsOf(of)
  return [...wordsOf(text)].every((word) => had.has(word) || HARMLESS.test(word))
}

/** Remarks for a whole file or block weigh more than one for a line, which a reader of the diff sees. */
const WHOLE =
  /\/\*\s*eslint-disable(?!-(?:next-)?line)[^*]*\*\/|@ts-nocheck|#\s*(?:flake8|ruff):\s*noqa|#\s*mypy:\s*ignore-errors|#\s*pylint:\s*(?:disable=all|skip-file)|#\s*type:\s*ignore\s*$|#!\[allow\(|\/\/\s*biome-ignore-all|#\s*pyright:\s*(?:basic|ignore)|#\s*pragma:\s*no cover|(?:istanbul|c8|v8)\s+ignore|coverage:ignore|:nocov:|@Generated\b|#\[coverage\(off\)\]|@ExcludeFromCodeCoverage|#\s*rubocop:disable\s+all|@SuppressWarnings\("all"\)|#\s*shellcheck\s+disable=all/
const ONE =
  /eslint-disable-(?:next-)?line|@ts-ignore|@ts-expect-error|#\s*noqa|#\s*type:\s*ignore\[|#\s*nosec|\/\/\s*nolint|#\[allow\(|@SuppressWarnings|@Suppress\(|rubocop:disable|shellcheck\s+disable|biome-ignore|pylint:\s*disable|prettier-ignore|stylelint-disable|golint:ignore|NOSONAR|nosemgrep|gitleaks:allow/

function remarks({ path, from, before, after }: ChangedFile): Finding[] {
  if (after === undefined || languageOf(from ?? path) === undefined) return []
  const { added } = lineDiff(before ?? '', after)
  // A comment of its own is code that is read; a string that speaks of one is data.
  const whole = added.filter(({ text }) => WHOLE.test(text) && isRemark(text, WHOLE))
  const single = added.filter(({ text }) => !WHOLE.test(text) && ONE.test(text) && isRemark(text, ONE))
  const told = (lines: ChangedLine[], weight: Finding['weight'], text: string): Finding[] =>
    lines.slice(0, 3).map((line) => ({
      kind: 'suppression',
      weight,
      path,
      line: line.line,
      text,
      detail: `+ ${line.text.slice(0, 300)}`,
    }))
  return [
    ...told(whole, 'ask', 'A comment hides code from a tool.'),
    ...told(single, 'tell', 'A comment silences a tool for a line.'),
  ]
}

function isRemark(text: string, pattern: RegExp): boolean {
  const at = pattern.exec(text)?.index ?? 0
  return ((text.slice(0, at).match(/["'`]/g) ?? []).length & 1) === 0
}
