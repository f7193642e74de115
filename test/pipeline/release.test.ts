import { describe, expect, it, test } from 'vitest'
import type { DeploymentCheck } from '../../src/config/types.ts'
import { newEnvironment, type RunningRelease } from '../../src/core/deploy/deployment.ts'
import type { Actor, Task } from '../../src/core/types.ts'
import { type ReleaseFacts, releaseOf } from '../../src/pipeline/release.ts'

const DORA: Actor = { surface: 'github', id: '7', name: 'dora' }
const OLD = 'c3d4e5f6'.repeat(5)
const NEW = 'a1b2c3d4'.repeat(5)
const release = (sha: string): RunningRelease => ({
  ...{ sha, deploymentId: 'd1', since: Date.parse('2026-11-26T10:30:00Z'), by: DORA },
})

/** A step, as far as a release shows it. */
const step = (number: number, title: string, more: Partial<Omit<Task, 'spec'>> & { spec?: Partial<Task['spec']> }) => {
  const { spec, ...rest } = more
  const plain = { title, priority: 'medium', criteria: [], verify: [], instruction: '', context: '', done: false }
  return {
    ...{ id: `t${number}`, runId: 'run', number, position: number, dependsOn: [], phase: 'done', result: '' },
    spec: { origin: { source: 'push', ref: 'x' }, ...plain, ...spec },
    ...rest,
  } as unknown as Task
}
const BUILT = { path: 'out', digest: `${'1'.repeat(63)}0`, files: 3, bytes: 1_200 }
const green = (ok = true) => ({ checks: [{ name: 'npm test', command: 'npm test', ok, durationMs: 1, output: '' }] })
const LOOK = `${'Nothing breaks. '.repeat(200)}Only a column is dropped.`

const build = (more: Partial<Task> = {}) => step(1, 'Build', { artifacts: [BUILT], spec: { run: ['make'] }, ...more })
const tested = (more: Partial<Task> = {}) =>
  step(2, 'Test', { dependsOn: [1], proof: green() as never, ...more } as never)
const look = (result = LOOK) => step(3, 'Look', { result, spec: { readOnly: true } })
const ship = step(4, 'Ship', { dependsOn: [2, 3], phase: 'queued', spec: { deploy: 'production' } })

const facts: ReleaseFacts = {
  task: ship,
  steps: [build(), tested(), look(), ship],
  push: { file: 'pipelines/ship.md', branch: 'main', sha: NEW, before: OLD, how: 'push', by: DORA },
  config: {
    ...{ name: 'production', branches: ['main'], approve: ['ops'], approvals: 1, notRequester: true },
    ...{ deploy: ['./deploy.sh'], before: './what.sh', rollback: ['./back.sh $PREVIOUS_SHA'], onRed: 'rollback' },
    check: { url: 'https://app.example/', status: 200, contains: '$SHA', forMs: 0, everyMs: 1_000, withinMs: 60_000 },
    ...{ migrations: ['migrations/**'], secrets: { KEY: 'secret' }, freeze: [], timeoutMs: 60_000 },
  },
  known: { ...newEnvironment('pipelines', 'production'), epoch: 3, runs: release(OLD), good: [release(OLD)] },
  between: {
    commits: ['a1b2c3d4 Add a feature (Dora)'],
    ...{ total: 1, lost: 0 },
    files: Array.from({ length: 60 }, (_, at) => ({ change: 'M', path: `src/${at}.ts` })),
  },
  author: 'Dora <dora@example.org>',
  diffUrl: 'https://github.com/acme/app/compare/old...new',
}
const { config, known, push, between } = facts
const withConfig = (more: Partial<ReleaseFacts['config']>): ReleaseFacts => ({
  ...facts,
  config: { ...config, ...more },
})
const withSteps = (...steps: Task[]): ReleaseFacts => ({ ...facts, steps: [...steps, ship] })
const withPush = (more: Partial<ReleaseFacts['push']>): ReleaseFacts => ({ ...facts, push: { ...push, ...more } })
const withBetween = (more: Partial<ReleaseFacts['between']>): ReleaseFacts => ({
  ...{ ...facts, between: { ...between, ...more } },
})
const check = config.check as Exclude<DeploymentCheck, { commands: string[] }>

describe('what a person is shown of a deployment', () => {
  it('is from what to what, what proves it, who, what runs now, and what could go wrong', () => {
    const { title, text } = releaseOf(withBetween({ files: [{ change: 'M', path: 'migrations/7.sql' }] }))
    expect(title).toBe('Deploy a1b2c3d4 to production?')
    for (const words of [
      ...['production: c3d4e5f6 → a1b2c3d4 (main)', `Commit: ${NEW}`, 'Written by: Dora <dora@example.org>'],
      ...['Pushed by: dora (GitHub)', 'Runs now: c3d4e5f6 since 2026-11-26T10:30Z, by dora (GitHub)'],
      ...['Diff: https://github.com/acme/app/compare/old...new', '1 commit:\n- a1b2c3d4 Add a feature (Dora)'],
      ...['1 file changed:\nM migrations/7.sql\nMigrations: migrations/7.sql', '✓ Test (1 of 1 check green)'],
      ...['out: sha256 1111111111111111 (3 files, 1,200 bytes)', 'Look:\nNothing breaks.'],
      ...['Risk: it touches 1 migration: a rollback brings back code, not data.', 'It runs:\n- ./deploy.sh'],
      ...['Then it is checked:\n- https://app.example/ answers 200 and says $SHA'],
      ...['A rollback runs:\n- ./back.sh $PREVIOUS_SHA', 'you are asked whether to roll back, to c3d4e5f6'],
    ])
      expect(text).toContain(words)
    expect(text).not.toContain('secret')
  })
})

test('the same facts are the same approval, whatever else goes on', () => {
  const { facts: digest } = releaseOf(facts)
  expect(releaseOf(structuredClone(facts)).facts).toBe(digest)
  // What a step cost and how long it took is no fact of a deployment; nor is a secret that was renewed.
  expect(releaseOf(withSteps(build({ costUsd: 9, turns: 9 }), tested(), look())).facts).toBe(digest)
  expect(releaseOf(withConfig({ secrets: { KEY: 'renewed' } })).facts).toBe(digest)
})

/** Each is a fact that an approval is bound to. */
const CHANGES: [string, ReleaseFacts][] = [
  ['another commit', withPush({ sha: OLD })],
  ['another branch', withPush({ branch: 'develop' })],
  ['somebody else who pushed', withPush({ by: { ...DORA, id: '8', name: 'eve' } })],
  ['somebody else of the same name', withPush({ by: { ...DORA, id: '8' } })],
  ['another author', { ...facts, author: 'Eve <eve@example.org>' }],
  ['another environment', withConfig({ name: 'qa' })],
  ['another step', { ...facts, task: { ...ship, id: 't5' } }],
  ['something else that runs now', { ...facts, known: { ...known, runs: release('b'.repeat(40)) } }],
  ['what runs now and is red', { ...facts, known: { ...known, isRed: true } }],
  ['a deployment meanwhile', { ...facts, known: { ...known, epoch: 4 } }],
  ['something else to go back to', { ...facts, known: { ...known, good: [release('b'.repeat(40))] } }],
  ['nothing to go back to', { ...facts, known: { ...known, good: [] } }],
  ['another diff', { ...facts, diffUrl: 'https://github.com/acme/app/compare/older...new' }],
  ['another commit in between', withBetween({ commits: ['a1b2c3d4 Remove a feature (Dora)'] })],
  ['more commits', withBetween({ total: 2 })],
  ['commits that it lacks', withBetween({ lost: 1 })],
  ['another file', withBetween({ files: [{ change: 'M', path: 'b.ts' }] })],
  [
    'another file that the list leaves out',
    withBetween({ files: between.files.with(59, { change: 'D', path: 'src/59.ts' }) }),
  ],
  ['a step that failed', withSteps(build(), tested({ phase: 'failed' }), look())],
  ['a check that is red', withSteps(build(), tested({ proof: green(false) as never }), look())],
  ['another artifact', withSteps(build({ artifacts: [{ ...BUILT, digest: '2'.repeat(64) }] }), tested(), look())],
  [
    'an artifact that differs where its digest is cut',
    withSteps(build({ artifacts: [{ ...BUILT, digest: '1'.repeat(64) }] }), tested(), look()),
  ],
  ['another finding', withSteps(build(), tested(), look('A column is dropped.'))],
  ['another end of a long finding', withSteps(build(), tested(), look(LOOK.replace('a column', 'a table')))],
  ['another command', withConfig({ deploy: ['./other.sh'] })],
  ['another look at what runs', withConfig({ before: './other.sh' })],
  ['another check', withConfig({ check: { ...check, contains: 'ok' } })],
  ['a check that waits less', withConfig({ check: { ...check, forMs: 1 } })],
  ['no check', (({ check: _, ...rest }) => ({ ...facts, config: rest }))(config)],
  ['another way back', withConfig({ rollback: ['./other.sh'] })],
  ['another secret', withConfig({ secrets: { KEY: 'secret', OTHER: 'x' } })],
  ['no rollback when it is red', withConfig({ onRed: 'never' })],
  ['other people who approve', withConfig({ approve: ['dev'] })],
  ['more people who approve', withConfig({ approvals: 2 })],
  ['whoever pushed among them', withConfig({ notRequester: false })],
]

test.each(CHANGES)('%s is asked about anew', (_, changed) => {
  expect(releaseOf(changed).facts).not.toBe(releaseOf(facts).facts)
})

test('no two of them are taken for each other', () => {
  expect(new Set(CHANGES.map(([, changed]) => releaseOf(changed).facts)).size).toBe(CHANGES.length)
})
