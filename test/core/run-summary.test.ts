import { expect, test } from 'vitest'
import { runSummary, type SummaryTask } from '../../src/core/run-summary.ts'

const task = (fields: Partial<SummaryTask> = {}): SummaryTask => ({
  number: 1,
  title: 'Login',
  status: 'done',
  costUsd: 0,
  ...fields,
})
const linesOf = (heading: string, tasks: SummaryTask[]) =>
  runSummary(tasks, []).find((part) => part.heading === heading)?.lines

test('says what changed, what to look at, what it cost and what to do next, in that order', () => {
  const parts = runSummary(
    [
      task({
        costUsd: 0.5,
        proof: {
          checks: [],
          files: [{ path: 'src/auth/login.ts', change: 'A', added: 500, deleted: 2 }],
          flags: ['claims a test that is not there'],
        },
      }),
      task({ number: 2, title: 'Docs', status: 'failed', costUsd: 2, result: 'The check failed\nmore' }),
      task({ number: 3, title: 'Later', status: 'queued' }),
    ],
    [],
  )
  expect(parts.map(({ heading }) => heading)).toEqual(['Changed', 'Look at', 'Cost', 'Next'])
  expect(parts.map(({ lines }) => lines)).toEqual([
    ['1 · Login: 1 file +500 -2'],
    [
      '1 · a sensitive file: src/auth/login.ts',
      '1 · claims a test that is not there',
      '1 · a large change: 1 file +500 -2',
      '1 · no checks were run',
    ],
    ['$2.50; task 2 cost the most: $2.00'],
    ['/retry 2 · Docs failed (The check failed)', '1 task left: /resume'],
  ])
})

test('no task cost the most where two cost the same', () => {
  expect(linesOf('Cost', [task({ costUsd: 0.5 }), task({ number: 2, costUsd: 0.5 })])).toEqual(['$1.00'])
  expect(linesOf('Cost', [task({ costUsd: 0.5 })])).toEqual(['$0.50'])
})

test('a finding that wanted a decision comes before everything else', () => {
  const findings = [
    { kind: 'commit', weight: 'tell' as const, text: 'A commit was made' },
    { kind: 'test-skipped', weight: 'ask' as const, text: 'A test was skipped' },
  ]
  const check = { name: 'test', command: 'npm test', ok: true, durationMs: 1, output: '' }
  const proof = { checks: [check], files: [{ path: 'package.json', change: 'M' as const }], findings }
  expect(linesOf('Look at', [task({ proof })])).toEqual([
    '1 · A test was skipped',
    '1 · a sensitive file: package.json',
    '1 · A commit was made',
  ])
})

test('what holds for several tasks is one line, and a number is said once', () => {
  const file = (path: string) => ({ checks: [], files: [{ path, change: 'A' as const, added: 1 }] })
  const tasks = [task({ proof: file('a.txt') }), task({ number: 2, title: 'Docs', proof: file('b.txt') })]
  expect(linesOf('Look at', tasks)).toEqual(['1, 2 · no checks were run'])
  const ask = (number: number, title: string) =>
    ({
      task: number,
      title,
      kind: 'approval',
      answer: { choice: 'approve', by: { id: '1', name: 'Anna', surface: 'telegram' }, at: 0 },
    }) as never
  const asks = [ask(1, 'Start task 1: Login?'), ask(2, 'Task 2 (Docs) failed'), ask(2, 'Which colour?')]
  expect(runSummary(tasks, asks).find(({ heading }) => heading === 'Decided')?.lines).toEqual([
    '1 · Login → Approved by Anna (Telegram)',
    '2 · Docs failed → Approved by Anna (Telegram)',
    '2 · Which colour? → Approved by Anna (Telegram)',
  ])
})

test('a good and empty run says so', () => {
  expect(runSummary([task({ proof: { checks: [], files: [] } })], [])).toEqual([
    { heading: 'Changed', lines: ['No file was changed.'] },
    { heading: 'Next', lines: ['Everything is done.'] },
  ])
})

test('merged work is brought to your branch, not committed', () => {
  const landed = task({ branch: 'baton/run1/1-login', commit: 'c'.repeat(40) })
  expect(linesOf('Next', [landed, { ...landed, number: 2 }])).toEqual([
    '/land brings the merged work of 2 tasks to your branch',
  ])
  expect(linesOf('Next', [landed, task({ number: 2, status: 'failed' })])).toEqual([
    '/retry 2 · Login failed',
    '/land brings the merged work of 1 task to your branch',
  ])
})

test('what a pipeline built is nothing to check or to commit', () => {
  const proof = { checks: [], files: [{ path: 'out/app.tar', change: 'A' as const }] }
  const [build, ship] = [task({ title: 'Build', proof }), task({ number: 2, title: 'Ship' })]
  const headings = (tasks: SummaryTask[]) => runSummary(tasks, []).map(({ heading, lines }) => [heading, ...lines])
  expect(headings([build, { ...ship, isDeployment: true }])).toEqual([
    ['Changed', '1 · Build: 1 file +0 -0'],
    ['Next', 'Everything is done.'],
  ])
  // Control.
  expect(headings([build, ship]).at(-1)?.[1]).toContain('commit')
})
