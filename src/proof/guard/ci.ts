import type { Finding } from '../../core/types.ts'
import { changeText, lineDiff } from './lines.ts'
import type { ChangedFile } from './types.ts'

const WORKFLOW =
  /(^|\/)\.github\/(workflows|actions)\/.*\.ya?ml$|(^|\/)(\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis|appveyor|\.drone|cloudbuild|\.woodpecker)[\w.-]*\.ya?ml$|(^|\/)(\.circleci|\.buildkite|\.semaphore|\.woodpecker|\.gitlab)\/|(^|\/)Jenkinsfile$|(^|\/)\.ci\//
const HOOK =
  /(^|\/)(\.husky\/(?!_\/)[\w-]+|\.githooks\/[\w-]+|\.pre-commit-config\.yaml|\.?lefthook[\w.-]*\.ya?ml|\.lintstagedrc[\w.]*|lint-staged\.config\.\w+|\.github\/CODEOWNERS|CODEOWNERS|\.github\/dependabot\.ya?ml|renovate\.json)$/

export const isCi = (path: string) => WORKFLOW.test(path) || HOOK.test(path)

/** Ways to let a step pass whatever happened in it, or not to run it. */
const LOOSE: [RegExp, string][] = [
  [
    /continue-on-error:\s*(?:true|\$\{\{)|allow_failure:\s*true|ignore_failure|failure:\s*ignore|continueOnError:\s*true|soft_fail:\s*true/,
    'A step may fail unseen.',
  ],
  [
    /\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*["']?$|^\s*(?:-\s*)?(?:run:\s*)?(?:set \+e|exit 0)\s*$|&&\s*exit 0\s*$/,
    'A failure of a command does not count.',
  ],
  [/\bif:\s*(?:\$\{\{\s*)?['"]?false\b|\bwhen:\s*(?:never|manual)|\benabled:\s*false/, 'A step does not run any more.'],
  [
    /--no-verify\b|--passWithNoTests|--pass-with-no-tests|--no-fail\b|--exit-zero|--skip[- ]?tests?\b|-DskipTests|-x test\b|maven\.test\.skip|--deselect\b|--ignore[= ]|--testPathIgnorePatterns|-k ["']?not |--no-audit|--force-exit|--max-warnings[= ]\d|--skip\b|--exclude[= ]/,
    'A command leaves checks out.',
  ],
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
    if (after === undefined) return [{ ...found, text: 'A file of CI was deleted.' }]
    if (!isCi(path)) return [{ ...found, text: 'A file of CI was renamed, and is none any more.' }]
    const { added, removed } = lineDiff(withoutRemarks(before), withoutRemarks(after))
    for (const [pattern, text] of LOOSE) {
      const line = added.find((one) => pattern.test(one.text) && !removed.some((old) => pattern.test(old.text)))
      if (line) return [{ ...found, line: line.line, text }]
    }
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

/** The words of a command that say what is checked are all there still; more may have come. */
function keeps(now: string, before: string): boolean {
  const words = (text: string) =>
    text.replace(/^[-\s]*(?:run|script|name|entry|args|id|uses):\s*/, '').match(/[\w./@:=-]+/g) ?? []
  const has = new Set(words(now).map((word) => word.replace(/@[\w.]+$/, '')))
  return words(before)
    .map((word) => word.replace(/@[\w.]+$/, ''))
    .every((word) => has.has(word) || /^\d|^v\d/.test(word))
}
