import type { CheckResult } from '../core/types.ts'
import { sentences } from './sentences.ts'

const SUBJECT = String.raw`(?:\d+\s+)?(?:\w+\s+)?(?:tests?|specs?|test suite|suite)`
const CLAIMS = [
  new RegExp(
    String.raw`\b${SUBJECT}(?:\s+(?:all|now|still|successfully))*\s+(?:pass(?:es|ed)?|succeed(?:s|ed)?)\b`,
    'i',
  ),
  new RegExp(String.raw`\b${SUBJECT}\s+(?:are|is)(?:\s+(?:all|now|still))*\s+(?:green|passing|successful)\b`, 'i'),
  /\b\d+\s+(?:tests?\s+)?pass(?:ed|ing)\b/i,
  /\bran\s+(?:all\s+)?(?:the\s+)?(?:\w+\s+)?(?:tests|test suite)\b/i,
]

/** Words that make of a statement a wish, a condition, a doubt or a report about another time. */
const HEDGES =
  /\b(?:not|no|none|never|nor|neither|should|would|will|could|can|cannot|may|might|must|if|once|when|whether|until|unless|before|ensure|ensures|make sure|verify|check|confirm|need|needs|needed|expect|expected|please|assum\w*|except|fail\w*|untested|unable|without|previously|already|earlier|you|your|let|to|so that|to see|ci|claim\w*|said|says)\b|n['’]t\b|\?/i

/** Says that tests pass, or that they were run: the sentence, or undefined. */
export function claimedTests(text: string): string | undefined {
  return sentences(text).find((sentence) => CLAIMS.some((claim) => claim.test(sentence)) && !HEDGES.test(sentence))
}

/** Programs that run no tests, whatever their arguments are. Everything else may have. */
const HARMLESS = new Set(
  (
    '[ awk basename cat cd chmod chown clear column comm cp cut date df diff dirname du echo env export expr false fd file find git grep head ' +
    'id jq kill less ln locate ls lsof md5sum mkdir mktemp more mv nl open paste pgrep printenv printf ps pwd readlink realpath rg rm rmdir sed ' +
    'seq set sha256sum sleep sort stat tac tail tee test touch tr tree true type uname uniq unset unzip wait wc which whoami xxd yq zip ' +
    'eslint prettier biome tsc rustfmt gofmt black ruff mypy'
  ).split(' '),
)

/** Subcommands of package managers that run no tests. */
const HARMLESS_TOGETHER =
  /^(?:npm|pnpm|yarn|bun|pip3?|brew|apt(?:-get)?|gem|go|cargo|poetry|uv|composer|bundle)\s+(?:i|ci|install|add|remove|uninstall|update|upgrade|init|list|ls|view|info|outdated|audit|fmt|mod|get|version|--version|-v)\b/

/** Could the command have run tests? Doubt says yes. */
export function mayRunTests(command: string): boolean {
  return command.split(/&&|\|\||[;|&\n]/).some((part) => {
    const bare = part
      .trim()
      .replace(/^[({!\s]+/, '')
      .replace(/^(?:\w+=\S*\s+)+/, '')
      .replace(/^(?:sudo|time|command|npx|bunx|pnpm exec|yarn exec)\s+/, '')
    if (bare === '' || bare.startsWith('#') || HARMLESS_TOGETHER.test(bare)) return false
    // `find -exec`, `sed e`, `env x`, `git bisect run`: a harmless program that starts another.
    if (
      /^(?:env|find|xargs|git\s+(?:bisect|rebase|hook))\b/.test(bare) &&
      /-exec|\bxargs\b|\brun\b|--exec|^env\s+\S/.test(bare)
    )
      return true
    const program = /^\S+/.exec(bare)?.[0].replace(/^.*\//, '') ?? ''
    return !HARMLESS.has(program)
  })
}

/** Baton's own checks are proof of the claim, when one that may be tests passed. */
export function testsWereChecked(checks: readonly CheckResult[]): boolean {
  return checks.some(({ ok, command, name }) => ok && (mayRunTests(command) || /test/i.test(name)))
}
