import { plural } from '../../text/amounts.ts'
import type { Draft } from '../draft.ts'
import type { Finding, Proof, Proving, Task } from '../types.ts'

/** What was found that a person decides about before the task is done. */
export function toDecide(draft: Pick<Draft, 'policy'>, task: Pick<Task, 'proof'>): Finding[] {
  const asked = (task.proof?.findings ?? []).filter(({ weight }) => weight === 'ask')
  // Proof that was asked for must not be skipped silently.
  return draft.policy.guard === 'ask' ? asked : asked.filter(({ kind }) => kind === UNPROVED)
}

/** The name in place of a command where new tests are tried. */
export const PROVE = 'prove: new-tests'

/** Proof was wanted, and nobody can say whether there is any. */
export const UNPROVED = 'unproved'

/** Whether a task must add tests that fail without its change. Commands of the user's own add none. */
export function mustAddTests(prove: Proving, { spec }: Pick<Task, 'spec'>): boolean {
  return (spec.prove ?? (spec.run ? 'off' : prove)) === 'new-tests'
}

/** A finding on one line: `test/login.test.ts:12: A test is skipped now.` */
export function findingLine({ path, line, text }: Finding): string {
  if (path === undefined) return text
  return `${path}${line === undefined ? '' : `:${line}`}: ${text}`
}

/** The findings with the lines they are about, for a person or for Claude. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const detail = finding.detail?.split('\n').map((line) => `    ${line}`)
      return [`- ${findingLine(finding)}`, ...(detail ?? [])].join('\n')
    })
    .join('\n')
}

/** Why a task cannot be done without a person, where there is none. */
export function undecidedText(findings: readonly Finding[]): string {
  return `A person would have to decide about ${plural(findings.length, 'finding')}, and nobody is there to ask. Undo what was found here and do the task without it:\n${findingsText(findings)}`
}

/**
 * What is known about a task after one more process. What was found in the changes is looked for again each time and replaces
 * what was found before; what happened while the agent worked stays.
 */
export function withProof(before: Proof | undefined, found: Partial<Proof>): Proof {
  const proof: Proof = { checks: [], ...before, ...found }
  const isOver = found.files !== undefined || found.filesNote !== undefined
  const kept = (before?.findings ?? []).filter(({ lasting }) => lasting || !isOver)
  const findings = [...kept, ...(found.findings ?? [])]
  const different = new Map(findings.map((finding) => [JSON.stringify(finding), finding]))
  const { findings: _, ...rest } = proof
  return different.size > 0 ? { ...rest, findings: [...different.values()] } : rest
}
