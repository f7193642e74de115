import type { Finding } from '../../core/types.ts'
import { baseName } from './language.ts'
import { changeText, lineDiff } from './lines.ts'
import type { ChangedFile } from './types.ts'

const CHECKING =
  /^(?:(?:pre|post)?(?:test|lint|check|verify|ci|type-?check|types|coverage|cov|format:check|e2e|unit|integration|audit|validate)(?:[:_-].*)?)$/i
/** Commands that succeed whatever is the matter. */
const EMPTY = /^\s*(?:true|:|exit 0|echo\b[^&|;]*|node -e ["']?(?:0|process\.exit\(0\))?["']?)\s*$/
const LOOSE =
  /\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*$|--passWithNoTests|--exit-zero|--no-fail\b|\|\|\s*exit\s*$|\bset \+e\b|(?:^|\s)-u\b|--updateSnapshot|--update-snapshots?|--ignore[= ]|--deselect|--testPathIgnorePatterns|-k ["']?not |--skip\b|--force-exit/

/** By which a script stops at a failure. */
const STOPS = [/^\s*set -\w*e|^\s*set -o errexit|^#!.*sh -\w*e/m, /\bpipefail\b/]

/** Arguments by which a runner takes up some tests only. */
export const NARROWED =
  /--testNamePattern|--testPathPatterns?\b|--grep\b|--tests-by-name|\b(?:jest|vitest)\b.*\s-t\b|\bmocha\b.*\s-g\b|\bgo test\b.*\s-run\b|\bpytest\b.*\s-k\b|\bplaywright\b.*\s-g\b/

/** Scripts that check something and ask for less than before, whether or not a task's own checks run them. */
export function loosenedScripts(files: readonly ChangedFile[]): Finding[] {
  return files.flatMap((file): Finding[] => {
    const { path, before, after } = file
    if (before === undefined) return []
    if (baseName(path) === 'package.json') return inPackage(path, before, after ?? '')
    if (
      /(^|\/)(Makefile|makefile|GNUmakefile|justfile|Taskfile\.ya?ml|Rakefile|tox\.ini|noxfile\.py)$|\.(sh|bash)$/.test(
        path,
      ) &&
      after !== undefined
    ) {
      const { added, removed } = lineDiff(before, after)
      const isLax = STOPS.some((stop) => stop.test(before) && !stop.test(after))
      if (isLax && /sh$/.test(path))
        return [
          {
            kind: 'script',
            weight: 'ask',
            path,
            text: 'The script continues after a command has failed.',
            detail: changeText(before, after),
          },
        ]
      const line = added.find(
        ({ text }) =>
          !text.startsWith('#') &&
          LOOSE.test(text) &&
          !removed.some((old) => LOOSE.test(old.text)) &&
          removed.some((old) => text.startsWith(old.text.slice(0, 8))),
      )
      if (!line) return []
      return [
        {
          kind: 'script',
          weight: 'ask',
          path,
          line: line.line,
          text: 'A failing command no longer counts.',
          detail: changeText(before, after),
        },
      ]
    }
    return []
  })
}

function inPackage(path: string, before: string, after: string): Finding[] {
  const [was, is] = [scriptsIn(before), scriptsIn(after)]
  return Object.entries(was).flatMap(([name, command]): Finding[] => {
    if (!CHECKING.test(name)) return []
    const now = is[name]
    if (now === command) return []
    const isMoved = now === undefined && Object.values(is).some((other) => other === command)
    const words = (text: string) => new Set(text.match(/[\w./:@-]+/g) ?? [])
    const has =
      now === undefined
        ? new Set<string>()
        : words(`${now} ${(now.match(/(?<=run )[\w:-]+/g) ?? []).map((one) => is[one] ?? '').join(' ')}`)
    const isLess =
      now === undefined
        ? !isMoved
        : EMPTY.test(now) ||
          (LOOSE.test(now) && !LOOSE.test(command)) ||
          (NARROWED.test(now) && !NARROWED.test(command)) ||
          leavesOut(now, command) ||
          ![...words(command)].some((word) => has.has(word))
    if (!isLess) return []
    return [
      {
        kind: 'script',
        weight: 'ask',
        path,
        text: `The script “${name}” checks less than before.`,
        detail: `- ${command}\n+ ${now ?? ''}`,
      },
    ]
  })
}

/** The same tool looks at fewer places. */
function leavesOut(now: string, command: string): boolean {
  const [is, was] = [now.split(/\s+/), command.split(/\s+/)]
  if (is[0] !== was[0] || /&&|\||;/.test(now + command)) return false
  const places = (words: string[]) =>
    words.slice(1).filter((word) => /^[\w./*@-]+$/.test(word) && !word.startsWith('-'))
  const [has, had] = [places(is), places(was)]
  return has.length > 0 && has.length < had.length && has.every((place) => had.includes(place))
}

function scriptsIn(text: string): Record<string, string> {
  try {
    return (JSON.parse(text) as { scripts?: Record<string, string> }).scripts ?? {}
  } catch {
    return {}
  }
}
