import type { CriterionResult } from '../core/types.ts'
import { type Case, judgePrompt, judgeSchema } from './judge-prompt.ts'

/** Starts a fresh, read-only Claude with a prompt and a schema and gives what it answered; throws when none came. */
export type RunJudge = (prompt: string, schema: Record<string, unknown>) => Promise<unknown>

/** `undecided`: the judge gave no usable answer; that says nothing about the work. */
export type Judgement = { kind: 'judged'; criteria: CriterionResult[] } | { kind: 'undecided'; reason: string }

/**
 * Has the acceptance criteria judged; an answer that cannot be read is asked for once more. Without criteria there is
 * nothing to judge.
 */
export async function judge(of: Case, runJudge: RunJudge): Promise<Judgement> {
  if (of.criteria.length === 0) return { kind: 'judged', criteria: [] }
  const [prompt, schema] = [judgePrompt(of), judgeSchema(of.criteria.length)]
  let reason = ''
  for (const _ of [1, 2]) {
    const read = readVerdicts(await runJudge(prompt, schema), of.criteria)
    if (typeof read !== 'string') return { kind: 'judged', criteria: read }
    reason = read
  }
  return { kind: 'undecided', reason }
}

/** The verdicts in the order of the criteria, or what is wrong with the answer. */
export function readVerdicts(answer: unknown, criteria: readonly string[]): CriterionResult[] | string {
  const verdicts = (answer as { verdicts?: unknown } | null | undefined)?.verdicts
  if (!Array.isArray(verdicts)) return 'The judge’s answer contains no verdicts.'
  const results: CriterionResult[] = []
  for (const [i, criterion] of criteria.entries()) {
    const found = verdicts.filter((verdict) => (verdict as { number?: unknown } | null)?.number === i + 1)
    if (found.length !== 1)
      return `The judge gave ${found.length === 0 ? 'no verdict' : 'several verdicts'} on criterion ${i + 1}.`
    const { pass, evidence } = found[0] as { pass?: unknown; evidence?: unknown }
    if (typeof pass !== 'boolean') return `The judge gave neither pass nor fail for criterion ${i + 1}.`
    if (typeof evidence !== 'string' || evidence.trim() === '')
      return `The judge gave no evidence for criterion ${i + 1}.`
    results.push({ criterion, pass, evidence: evidence.trim() })
  }
  return results
}
