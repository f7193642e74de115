import type { ReviewAnswer } from './answer.ts'
import type { KnownFinding } from './finding.ts'

/** So many are remembered of one pull request; the oldest resolved ones go first. */
const MOST_KNOWN = 60

/**
 * What is known after another review: earlier findings with what became of them, and those that are really new. One that was
 * resolved stays so: a reviewer that is asked ten times finds the same line ten times.
 *
 * @param anchorOf the text of the line that a finding is about; empty where it cannot be told
 */
export function carryOver(
  known: readonly KnownFinding[],
  answer: ReviewAnswer,
  head: string,
  anchorOf: (finding: ReviewAnswer['findings'][number]) => string,
): { known: KnownFinding[]; fresh: KnownFinding[] } {
  const resolved = new Set(answer.resolved)
  const before = known.map((one) => (resolved.has(one.id) ? { ...one, state: 'resolved' as const } : one))
  const fresh: KnownFinding[] = []
  let next = Math.max(0, ...known.map(({ id }) => Number(id.slice(1)))) + 1
  for (const { sameAs, ...finding } of answer.findings) {
    const anchor = anchorOf(finding).trim()
    const isSame = (one: KnownFinding) =>
      one.id === sameAs ||
      (one.path === finding.path &&
        one.side === finding.side &&
        (anchor === '' ? one.anchor === '' && one.line === finding.line : one.anchor === anchor))
    if ([...before, ...fresh].some(isSame)) continue
    fresh.push({ ...finding, id: `F${next++}`, anchor, head, state: 'open' })
  }
  const all = [...before, ...fresh]
  const tooMany = all.filter(({ state }) => state === 'resolved').slice(0, Math.max(0, all.length - MOST_KNOWN))
  return { known: all.filter((one) => !tooMany.includes(one)), fresh }
}
