import type { Finding } from '../../core/types.ts'
import { loosenedCi } from './ci.ts'
import { type Checks, changedChecks } from './definition.ts'
import { loosenedRules } from './rules.ts'
import { loosenedScripts } from './scripts.ts'
import { skippedTests } from './skipped.ts'
import { rewrittenInline, rewrittenSnapshots } from './snapshots.ts'
import { testAware } from './test-aware.ts'
import type { ChangedFile } from './types.ts'
import { weakenedTests } from './weakened.ts'

/** More than this are given as a number: nobody reads a hundred. */
const MAX_FINDINGS = 40
/** Of one kind in one file. */
const MAX_ALIKE = 5

/**
 * What an attempt did to the tests, the checks and the rules that its work is measured by, read from the changed files
 * alone. It errs on the side of asking where something is taken away, and says nothing of what is added.
 */
export function findTampering(files: readonly ChangedFile[], checks: Checks): Finding[] {
  const looks = [
    () => changedChecks(files, checks),
    () => weakenedTests(files),
    () => skippedTests(files),
    () => rewrittenSnapshots(files),
    () => rewrittenInline(files),
    () => loosenedCi(files),
    () => loosenedScripts(files),
    () => loosenedRules(files),
    () => testAware(files),
  ]
  const found = new Map<string, Finding>()
  for (const look of looks) {
    for (const finding of look()) {
      const isToldAlready = finding.kind === 'script' && found.has(`check-changed ${finding.path}`)
      if (isToldAlready) continue
      found.set(
        finding.kind === 'check-changed'
          ? `check-changed ${finding.path}`
          : JSON.stringify([finding.kind, finding.path, finding.line, finding.text]),
        finding,
      )
    }
  }
  return limited([...found.values()])
}

function limited(findings: Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const key = `${finding.kind}|${finding.path}|${finding.weight}`
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  const all = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (group.length <= MAX_ALIKE || !first) return group
    const rest = group.length - MAX_ALIKE + 1
    const { line: _, ...one } = first
    return [
      ...group.slice(0, MAX_ALIKE - 1),
      {
        ...one,
        text: `${rest} more findings of this kind.`,
        detail: group
          .slice(MAX_ALIKE - 1)
          .map(({ text }) => text)
          .join('\n')
          .slice(0, 4_000),
      },
    ]
  })
  const ordered = all.sort((a, b) => Number(b.weight === 'ask') - Number(a.weight === 'ask'))
  if (ordered.length <= MAX_FINDINGS) return ordered
  const weight = ordered.slice(MAX_FINDINGS - 1).some((one) => one.weight === 'ask') ? 'ask' : 'tell'
  return [
    ...ordered.slice(0, MAX_FINDINGS - 1),
    { kind: 'more', weight, text: `${ordered.length - MAX_FINDINGS + 1} more findings.` },
  ]
}
