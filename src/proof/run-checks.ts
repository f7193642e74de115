import type { CheckResult } from '../core/types.ts'
import type { Check } from './choose-checks.ts'
import { shown } from './run-command.ts'

export type RunCheck = (check: Check) => Promise<CheckResult>

/**
 * Runs the checks in order, after a failure too: one round reports everything that is wrong, and Claude fixes it in one go.
 * A time-out ends the round: what hangs (a port, a database, a prompt) mostly makes the next hang as well, and each would
 * take its whole limit. What was not run counts as not passed.
 */
export async function runChecks(checks: readonly Check[], run: RunCheck): Promise<CheckResult[]> {
  return inOrder(checks, run, ({ timedOut }) => timedOut === true)
}

/** Runs the commands of a Run task: each builds on the one before, so the first failure is the last command. */
export async function runSteps(steps: readonly Check[], run: RunCheck): Promise<CheckResult[]> {
  return inOrder(steps, run, ({ ok }) => !ok)
}

async function inOrder(
  checks: readonly Check[],
  run: RunCheck,
  endsIt: (result: CheckResult) => boolean,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  let ender: CheckResult | undefined
  for (const check of checks) {
    const result = ender ? notRun(check, ender) : await run(check)
    results.push(result)
    if (!ender && endsIt(result)) ender = result
  }
  return results
}

function notRun(check: Check, { name, timedOut }: CheckResult): CheckResult {
  const why = `Not run, because “${name}” ${timedOut ? 'ran out of time' : 'failed'}.`
  return { name: check.name, command: shown(check.command), ok: false, durationMs: 0, output: why }
}
