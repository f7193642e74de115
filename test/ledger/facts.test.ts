import { expect, test } from 'vitest'
import { LEDGER_SOURCES } from '../../src/core/ledger-properties.ts'
import { deploymentEntry, runEntry } from '../../src/ledger/facts.ts'
import { anna } from '../support/samples.ts'

const sourcesFor = (kind: 'run' | 'deployment') =>
  [...LEDGER_SOURCES].filter((source) => !source.includes('.') || source.startsWith(`${kind}.`)).sort()

test('every fact that a property may show is known of a deployment', () => {
  const { id, facts } = deploymentEntry(
    {
      ...{ id: 'd1', queue: 'main', runId: 'r1', taskId: 't', task: 3, environment: 'production', kind: 'deploy' },
      ...{ sha: 'a'.repeat(40), branch: 'main', by: anna, approvedBy: [anna], step: 'rolled-back', epoch: 7 },
      ...{ previous: { sha: 'b'.repeat(40), release: 'v41' }, onRed: 'rollback', startedAt: 1_000, endedAt: 9_000 },
      ...{ rolledBackAt: 5_000, why: 'its check failed', breakGlass: { by: anna, why: 'the site is down' } },
    },
    { url: undefined },
  )
  expect(id).toBe('d1')
  expect(Object.keys(facts).sort()).toEqual(sourcesFor('deployment'))
  expect(facts).toMatchObject({
    kind: 'deploy',
    status: 'rolled-back',
    'deployment.status': 'rolled-back',
    seconds: 8,
    title: 'Deploy aaaaaaaa to production',
  })
  expect(facts['deployment.break_glass']).toMatch(/: the site is down$/)
})

test('every fact that a property may show is known of a run', () => {
  const { facts } = runEntry(
    {
      ...{ id: 'r1', queue: 'main', state: 'done', files: ['tasks/a.md'], autoApprove: false, startedBy: anna },
      ...{ createdAt: 1_000, startedAt: 2_000, endedAt: 65_400, costUsd: 1.234 },
    },
    [],
    { url: 'https://host.example/#/run/r1' },
  )
  expect(Object.keys(facts).sort()).toEqual(sourcesFor('run'))
  expect(facts).toMatchObject({ status: 'done', seconds: 63, 'run.cost_usd': 1.23, 'run.tasks': 0 })
})
