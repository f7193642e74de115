import type { CheckResult, Task } from '../types.ts'

/** Which check failed and how, without what it printed. */
export function failedCheckText({ name, command, timedOut, durationMs, exitCode }: CheckResult): string {
  const how = timedOut ? `timed out after ${Math.round(durationMs / 1_000)} s` : `exit code ${exitCode ?? 'none'}`
  return `The check “${name}” failed (${how}): ${command}`
}

/** The checks that a task's failure is about; none where it failed in another way. */
export function failedChecks({ result = '', proof }: Pick<Task, 'result' | 'proof'>): CheckResult[] {
  return (proof?.checks ?? []).filter((check) => !check.ok && result.includes(failedCheckText(check)))
}
