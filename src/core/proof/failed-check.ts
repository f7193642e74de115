import type { CheckResult, Task } from '../types.ts'

/** `exit code 1`, `timed out after 300 s`. */
export function howItFailed({ timedOut, durationMs, exitCode }: CheckResult): string {
  return timedOut ? `timed out after ${Math.round(durationMs / 1_000)} s` : `exit code ${exitCode ?? 'none'}`
}

/** Which check failed and how, without what it printed. */
export function failedCheckText(check: CheckResult): string {
  const { name, command } = check
  return `The check “${name}” failed (${howItFailed(check)})${command === name ? '' : `: ${command}`}`
}

/** The checks that a task's failure is about; none where it failed in another way. */
export function failedChecks({ result = '', proof }: Pick<Task, 'result' | 'proof'>): CheckResult[] {
  return (proof?.checks ?? []).filter((check) => !check.ok && result.includes(failedCheckText(check)))
}
