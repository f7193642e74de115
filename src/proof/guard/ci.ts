import type { Finding } from '../../core/types.ts'
import { type ChangedLine, changeText, lineDiff } from './lines.ts'
import { NARROWED } from './scripts.ts'
import type { ChangedFile } from './types.ts'

const WORKFLOW =
  /(^|\/)\.github\/(workflows|actions)\/.*\.ya?ml$|(^|\/)(\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis|appveyor|\.drone|cloudbuild|\.woodpecker)[\w.-]*\.ya?ml$|(^|\/)(\.circleci|\.buildkite|\.semaphore|\.woodpecker|\.gitlab)\/|(^|\/)Jenkinsfile$|(^|\/)\.ci\//
const HOOK =
  /(^|\/)(\.husky\/(?!_\/)[\w-]+|\.githooks\/[\w-]+|\.pre-commit-config\.yaml|\.?lefthook[\w.-]*\.ya?ml|\.lintstagedrc[\w.]*|lint-staged\.config\.\w+|\.github\/CODEOWNERS|CODEOWNERS|\.github\/dependabot\.ya?ml|renovate\.json)$/

const isCi = (path: string) => WORKFLOW.test(path) || HOOK.test(path)

/** Ways to let a step pass whatever happened in it, or not to run it. */
const LOOSE: [RegExp, string][] = [
  [
    /continue-on-error:\s*(?:true|\$\{\{)|allow_failure:\s*true|ignore_failure|failure:\s*ignore|continueOnError:\s*true|soft_fail:\s*true/,
    'A step may fail unseen.',
  ],
  [
    /\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*["']?$|^\s*(?:-\s*)?(?:run:\s*)?(?:set \+e|exit 0)\s*$|&&\s*exit 0\s*$/,
    'A failing command does not count.',
  ],
  [/\bif:\s*(?:\$\{\{\s*)?['"]?false\b|\bwhen:\s*(?:never|manual)|\benabled:\s*false/, 'A step no longer runs.'],
  [
    /--no-verify\b|--passWithNoTests|--pass-with-no-tests|--no-fail\b|--exit-zero|--skip[- ]?tests?\b|-DskipTests|-x test\b|maven\.test\.skip|--deselect\b|--ignore[= ]|--testPathIgnorePatterns|-k ["']?not |--no-audit|--force-exit|--max-warnings[= ]\d|--skip\b|--exclude[= ]/,
    'A command leaves checks out.',
  ],
  [NARROWED, 'Only some tests run.'],
  [/\bshell:\s*(?:ba)?sh\s+\{0\}|\bshell:.*\{0\}\s*(?:;|\|\|)/, 'A failing command does not count.'],
  [/\bstages:\s*\[?\s*["']?manual|\bSKIP:\s*\S|\bHUSKY:\s*["']?0/, 'A step no longer runs.'],
  [/\b(?:paths-ignore|branches-ignore):/, 'It runs for fewer changes.'],
  [/\bpull_request_target\b|permissions:\s*write-all|:\s*write\b/, 'It may do more than before.'],
]

const CHECKING =
  /\b(?:test|tests|lint|check|vet|clippy|pytest|jest|vitest|mocha|tsc|typecheck|type-check|audit|coverage|cov|eslint|biome|ruff|mypy|flake8|rubocop|rspec|shellcheck|golangci-lint|trivy|semgrep|codeql|gitleaks|sonar\w*|verify|fmt --check|prettier --check|tox|nox|e2e|playwright|cypress|bats)\b/i

/** CI and hooks that ask for less than before. */
export function loosenedCi(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap(({ path, from, before, after }): Finding[] => {
    if (before === undefined || !isCi(from ?? path)) return []
    const found = { kind: 'ci', weight: 'ask' as const, path, detail: changeText(before, after ?? '') }
    if (after === undefined) return [{ ...found, text: 'A CI file was deleted.' }]
    if (!isCi(path)) return [{ ...found, text: 'A CI file was renamed and no longer counts as one.' }]
    const { added, removed } = lineDiff(withoutRemarks(before), withoutRemarks(after))
    for (const [pattern, text] of LOOSE) {
      const line = added.find((one) => pattern.test(one.text) && !removed.some((old) => pattern.test(old.text)))
      if (line) return [{ ...found, line: line.line, text }]
    }
    const isPiped = added.find(
      ({ text }) => CHECKING.test(text) && /\|\s*(?:tee|cat|grep|head|tail|sed|awk)\b/.test(text),
    )
    if (isPiped && !/pipefail|shell:\s*bash\s*$/m.test(after) && !removed.some(({ text }) => /[^|]\|[^|]/.test(text)))
      return [{ ...found, line: isPiped.line, text: 'A failing command does not count: a pipe hides it.' }]
    if (HOOK.test(path)) {
      const left = added.find(
        ({ text }) => /^exclude:/.test(text) && !removed.some((old) => /^exclude:/.test(old.text)),
      )
      if (left) return [{ ...found, line: left.line, text: 'A hook leaves files out.' }]
    }
    const when = added.find((line) => isNewCondition(line, after, before))
    if (when) return [{ ...found, line: when.line, text: 'A step that checks something runs only on a condition.' }]
    const fewer = removed.find(({ text }) => isFewer(text, added))
    if (fewer) return [{ ...found, text: 'It runs for fewer branches, versions or systems.' }]
    const needs = removed.find(
      ({ text }) => /^needs:/.test(text) && !added.some((one) => /^needs:/.test(one.text) && holdsAll(one.text, text)),
    )
    if (needs) return [{ ...found, text: 'A job no longer waits for another.' }]
    const lost = removed.find(({ text }) => CHECKING.test(text) && !added.some((one) => keeps(one.text, text)))
    if (lost) return [{ ...found, text: 'A step that checks something was removed or replaced.' }]
    const trigger = removed.find(
      ({ text }) =>
        /^(?:-\s*)?(?:pull_request|push|merge_group|schedule)\b/.test(text) &&
        !added.some((one) => one.text.includes(text.replace(/^-\s*|:.*$/g, ''))),
    )
    if (trigger) return [{ ...found, text: 'It runs on fewer occasions.' }]
    return []
  })
}

const withoutRemarks = (text: string) => text.replace(/^\s*#.*$/gm, '').replace(/\s+#\s.*$/gm, '')

/** A condition that was put on a step or job which ran without one before. */
function isNewCondition({ text, line }: ChangedLine, after: string, before: string): boolean {
  if (!/^(?:-\s*)?if:/.test(text) || /always\(\)|!\s*cancelled\(\)/.test(text)) return false
  const lines = after.split('\n')
  const indentOf = (one = '') => /^[\s-]*/.exec(one)?.[0].length ?? 0
  const own = indentOf(lines[line - 1])
  const isIn = (one = '') => one.trim() === '' || indentOf(one) >= own
  let [from, to] = [line - 1, line]
  // The step begins with the dash; the job with its name, which is indented less.
  while (from > 0 && isIn(lines[from - 1]) && !/^\s*-\s/.test(lines[from] ?? '')) from--
  while (to < lines.length && isIn(lines[to]) && !(/^\s*-\s/.test(lines[to] ?? '') && indentOf(lines[to]) <= own)) to++
  const had = new Set(before.split('\n').map((one) => one.trim()))
  return lines
    .slice(from, to)
    .some(
      (one) => CHECKING.test(one) && /\b(?:run|uses):|^\s{4,}\w/.test(one) && !/\bif:/.test(one) && had.has(one.trim()),
    )
}

const listOf = (text: string) => new Set((/\[(.*)\]/.exec(text)?.[1] ?? '').match(/[^\s,"']+/g) ?? [])
const holdsAll = (text: string, of: string) => {
  const has = new Set(text.match(/[\w.-]+/g) ?? [])
  return (of.match(/[\w.-]+/g) ?? []).every((word) => has.has(word))
}

/** A list on one line that is shorter now, or branches that are others. */
function isFewer(text: string, added: readonly ChangedLine[]): boolean {
  const key = /^([\w-]+):\s*\[/.exec(text)?.[1]
  if (key === undefined || key === 'needs') return false
  const now = added.find((one) => one.text.startsWith(`${key}:`))
  if (!now) return false
  const [had, has] = [listOf(text), listOf(now.text)]
  const isLess = has.size < had.size && [...has].every((one) => had.has(one))
  const isElsewhere = /^branches$/.test(key) && [...had].some((one) => !has.has(one)) && !has.has('**') && !has.has('*')
  return isLess || isElsewhere
}

/** The words of a command that say what is checked are all there still; more may have come. */
function keeps(now: string, before: string): boolean {
  const words = (text: string) =>
    text.replace(/^[-\s]*(?:run|script|name|entry|args|id|uses):\s*/, '').match(/[\w./@:=-]+/g) ?? []
  const has = new Set(words(now).map((word) => word.replace(/@[\w.]+$/, '')))
  return words(before)
    .map((word) => word.replace(/@[\w.]+$/, ''))
    .every((word) => has.has(word) || /^\d|^v\d/.test(word))
}
