import { expect, test } from 'vitest'
import type { CheckResult } from '../../src/core/types.ts'
import { type Check, chooseChecks, matches } from '../../src/proof/choose-checks.ts'
import { runChecks, runSteps } from '../../src/proof/run-checks.ts'

test('The task’s own checks come first, then those of the configuration that fit its type and its files', () => {
  const configured = [
    { name: 'tests', run: 'npm test', timeoutMs: 1 },
    { name: 'types', run: ['npx', 'tsc'], paths: ['**/*.ts'], timeoutMs: 2 },
    { name: 'migrations', run: 'make migrate', paths: ['db/'], timeoutMs: 3 },
    { name: 'pages', run: 'make pages', types: ['Frontend'], timeoutMs: 4 },
  ]
  const names = (files: string[] | undefined, type?: string) =>
    chooseChecks({ own: ['npm run lint\nnpm run more'], ownTimeoutMs: 9, configured, files, type }).map(
      ({ name }) => name,
    )
  expect(names(['src/a.ts'], 'backend')).toEqual(['npm run lint …', 'tests', 'types'])
  expect(names(['db/1.sql'], 'frontend')).toEqual(['npm run lint …', 'tests', 'migrations', 'pages'])
  expect(names([], undefined)).toEqual(['npm run lint …', 'tests'])
  // Not known which files changed (no repository): better one check too many.
  expect(names(undefined, undefined)).toEqual(['npm run lint …', 'tests', 'types', 'migrations'])
})

test('The patterns of a project in a folder of its repository are written from that folder', () => {
  const configured = [{ name: 'types', run: 'tsc', paths: ['src/**'], timeoutMs: 1 }]
  const names = (files: string[]) =>
    chooseChecks({ own: [], ownTimeoutMs: 1, configured, files, prefix: 'apps/web' }).length
  expect([names(['apps/web/src/a.ts']), names(['src/a.ts']), names(['apps/web/README.md'])]).toEqual([1, 0, 0])
})

test.each([
  ['src/a.ts', 'src/**', true],
  ['src/a.ts', 'src', true],
  ['src/a.ts', './src/', true],
  ['src/deep/a.ts', 'src/*.ts', false],
  ['src/.hidden/a.ts', 'src/**/*.ts', true],
  ['.github/workflows/ci.yml', '**', true],
  ['.github/workflows/ci.yml', '.github/**', true],
  ['a.test.tsx', '*.{ts,tsx}', true],
  ['srcs/a.ts', 'src', false],
])('%s matches %s: %s', (file, pattern, expected) => {
  expect(matches(file, pattern)).toBe(expected)
})

const check = (name: string): Check => ({ name, command: ['run', name], timeoutMs: 1 })
const checks = ['a', 'b', 'c'].map(check)

/** Runs nothing: tells results by name, and notes what was asked for. */
function pretend(results: Record<string, Partial<CheckResult>>) {
  const asked: string[] = []
  const run = async ({ name }: Check): Promise<CheckResult> => {
    asked.push(name)
    return { name, command: name, ok: true, durationMs: 1, output: '', ...results[name] }
  }
  return { asked, run }
}

test('Checks go on after a failure, so that one round tells all, and end after a time-out', async () => {
  const failing = pretend({ a: { ok: false } })
  expect((await runChecks(checks, failing.run)).map(({ ok }) => ok)).toEqual([false, true, true])
  const hanging = pretend({ b: { ok: false, timedOut: true } })
  const results = await runChecks(checks, hanging.run)
  expect(hanging.asked).toEqual(['a', 'b'])
  expect(results[2]).toEqual({
    name: 'c',
    command: 'run c',
    ok: false,
    durationMs: 0,
    output: 'Not run, because “b” ran out of time.',
  })
})

test('The commands of a Run task end with the first that fails', async () => {
  const { asked, run } = pretend({ b: { ok: false } })
  const results = await runSteps(checks, run)
  expect(asked).toEqual(['a', 'b'])
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false])
})
