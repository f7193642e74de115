import { PROVE, UNPROVED } from '../core/proof/findings.ts'
import type { CheckResult, FileChange, Finding } from '../core/types.ts'
import { fineDuration } from '../text/durations.ts'
import { servesTests } from './guard/language.ts'

/** What came of running a task's tests on the tree before it. */
export type NewTests =
  | { kind: 'proved'; by: string; files: number }
  /** The task can do something about it. */
  | { kind: 'not-proved'; why: string }
  /** It says nothing about the task; a person decides. */
  | { kind: 'unknown'; why: string }

/** Runs the checks in a folder that holds the tree before the task: with its tests, and then without. */
export interface Trial {
  withTests: () => Promise<CheckResult[]>
  /** Only those checks, by their places among the first. */
  withoutTests: (places: number[]) => Promise<CheckResult[]>
}

/** The files that hold the tests of a task, or serve them: new or changed, by their names and places. */
export function testsOf(files: readonly FileChange[]): string[] {
  return files.filter(({ change, path }) => change !== 'D' && servesTests(path)).map(({ path }) => path)
}

export const NO_TESTS =
  'The task must add tests that fail without its change (prove: new-tests), and no test file was added or changed. Tests inside source files do not count: nobody could run them without the change.'

/**
 * New tests prove a change when a check fails with them on the tree before it, and passes there without them: then it is they
 * that fail. That the checks pass on the tree after it was seen before.
 */
export async function tryNewTests(trial: Trial, files: number): Promise<NewTests> {
  const withTests = await trial.withTests()
  const failing = withTests.flatMap((result, place) => (result.ok ? [] : [{ result, place }]))
  if (failing.length === 0)
    return {
      kind: 'not-proved',
      why: 'The tests of this task pass without its change, too: on the tree before it, with only its test files added, every check passes. Write tests that fail there, or make the checks run them.',
    }
  const without = await trial.withoutTests(failing.map(({ place }) => place))
  const proving = failing.find(({ result: { timedOut } }, i) => without[i]?.ok && !timedOut)
  if (proving) return { kind: 'proved', by: proving.result.name, files }
  const late = failing.find(({ result: { timedOut } }, i) => without[i]?.ok && timedOut)
  if (late)
    return {
      kind: 'not-proved',
      why: `On the tree before the task, “${late.result.name}” runs out of time (${fineDuration(late.result.durationMs)}) with the tests of this task. Make them fail soon there.`,
    }
  const names = failing.map(({ result }) => `“${result.name}”`).join(', ')
  return {
    kind: 'unknown',
    why: `On the tree before the task ${names} fails even without its tests, so its new tests prove nothing.`,
  }
}

/** The result as one of the checks, which is how it is shown and sent back; or as what a person decides about. */
export function shownAs(tried: NewTests, durationMs: number): { check?: CheckResult; finding?: Finding } {
  const command = PROVE
  if (tried.kind === 'unknown')
    return { finding: { kind: UNPROVED, weight: 'ask', text: `New tests could not be proved: ${tried.why}` } }
  if (tried.kind === 'not-proved')
    return { check: { name: 'new tests fail before', command, ok: false, durationMs, output: tried.why } }
  const name = 'new tests: fail before, pass after'
  const output = `With the test files of this task (${tried.files}), “${tried.by}” fails on the tree before it and passes on the tree after it.`
  return { check: { name, command, ok: true, durationMs, output } }
}
