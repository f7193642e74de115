import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Deployment, DeploymentStep } from '../../../src/core/deploy/deployment.ts'
import type { BatonEvent } from '../../../src/core/types.ts'
import { deploymentStatus } from '../../../src/sources/github/deployment-status.ts'
import { type ShownDeployments, showDeployments } from '../../../src/sources/github/deployments.ts'
import { clientOf, freshDatabase } from '../../support/github/client.ts'
import { deploymentsOf } from '../../support/github/deployment-routes.ts'
import { type GitHubServer, startGitHub } from '../../support/github/server.ts'
import type { RepoHands } from '../../support/github/world.ts'
import { keptInMemory } from '../../support/jira/kept.ts'
import { anna } from '../../support/samples.ts'

const SECRET = 'hunter2-hunter2-hunter2'
let server: GitHubServer
let repo: RepoHands
let sha: string
let rows: Map<string, Deployment>
let told: string[]
let shown: ShownDeployments | undefined
let life: { db: ReturnType<typeof freshDatabase>; kept: ReturnType<typeof keptInMemory>; seq: number }
let listener: ((event: BatonEvent) => void) | undefined

beforeEach(async () => {
  server = await startGitHub()
  repo = server.repo('acme/app', { people: { 'baton-bot': 'write' } })
  sha = repo.tip('main') as string
  rows = new Map()
  told = []
  life = { db: freshDatabase(), kept: keptInMemory(), seq: 0 }
})
afterEach(async () => {
  await shown?.stop()
  shown = undefined
  await server.close()
})

/** Begins another life, after the one before has ended. */
async function open(permissions?: string[]): Promise<ShownDeployments> {
  await shown?.stop()
  const { github, state } = clientOf(server, { token: server.token('baton-bot', permissions), db: life.db })
  const redact = (text: string) => text.replaceAll(SECRET, '•••')
  shown = showDeployments(
    { github: async () => github, state, redact, now: Date.now },
    {
      queue: 'pipelines',
      follow(given) {
        listener = given
        return () => undefined
      },
      read: { deployment: (id) => rows.get(id), lastEventSeq: () => life.seq },
      kept: life.kept,
      urlOf: (environment) => (environment === 'qa' ? 'https://qa.example' : undefined),
      logOf: (runId) => `https://baton.example/#/run/${runId}`,
      onTrouble: (text) => told.push(text),
      onError: (error) => told.push(`error: ${String(error)}`),
    },
  )
  return shown
}

function become(id: string, step: DeploymentStep, more: Partial<Deployment> = {}): void {
  const ended = !/ing|checking/.test(step) || step === 'rolled-back'
  rows.set(id, {
    ...{ id, queue: 'pipelines', runId: 'r1', taskId: 't1', task: 3, environment: 'production', kind: 'deploy', sha },
    ...{ branch: 'main', by: anna, approvedBy: [anna], step, epoch: 1, onRed: 'rollback', startedAt: 1 },
    ...(ended && { endedAt: 2 }),
    ...more,
  })
  listener?.({
    ...{ seq: ++life.seq, at: 1, type: 'deployment.changed', text: id, queue: 'pipelines' },
    data: { deployment: rows.get(id) },
  } as BatonEvent)
}

const states = (index = 0) => deploymentsOf(repo.row)[index]?.statuses.map(({ state }) => state)

test('a deployment stands on GitHub with each of its states, once', async () => {
  const { once } = await open()
  for (const step of ['naming', 'deploying', 'live'] as const) {
    become('d1', step, { environment: 'qa' })
    await once()
    await once()
  }
  expect(deploymentsOf(repo.row)).toMatchObject([{ sha, environment: 'qa', task: 'deploy', payload: { baton: 'd1' } }])
  expect(states()).toEqual(['queued', 'in_progress', 'success'])
  expect(deploymentsOf(repo.row)[0]?.statuses.at(-1)).toMatchObject({
    description: 'Live, approved by Anna (Telegram)',
    environment_url: 'https://qa.example',
    log_url: 'https://baton.example/#/run/r1',
  })
})

test('what ran before is inactive, also in production, unless the new one was rolled back', async () => {
  const { once } = await open()
  become('d1', 'live')
  await once()
  become('d2', 'rolled-back', { previous: { sha }, why: `it said ${SECRET}`, rolledBackAt: 2 })
  await once()
  expect(states(0)).toEqual(['success'])
  expect(deploymentsOf(repo.row)[1]?.statuses).toMatchObject([
    { state: 'failure', description: `Rolled back to ${sha.slice(0, 8)}: it said •••` },
  ])
  become('d3', 'live')
  await once()
  expect(states(0)).toEqual(['success', 'inactive'])
  expect(states(2)).toEqual(['success'])
  become('d4', 'rolled-back', { kind: 'rollback' })
  await once()
  expect(states(2)).toEqual(['success', 'inactive'])
  expect(deploymentsOf(repo.row)[3]).toMatchObject({ task: 'rollback', statuses: [{ state: 'success' }] })
  become('d5', 'lost')
  await once()
  expect(states(3)).toEqual(['success', 'inactive'])
  expect(states(4)).toEqual(['error'])
})

test('an answer that is lost makes no second one, also over a restart', async () => {
  server.faults.add(/POST .*\/deployments$/, { kind: 'reset', when: 'after' })
  server.faults.add(/POST .*\/statuses$/, { kind: 'reset', when: 'after' })
  const first = await open()
  become('d1', 'live')
  await expect(first.once()).rejects.toMatchObject({ kind: 'lost' })
  for (let lives = 0; lives < 3; lives++) await (await open()).once().catch(() => undefined)
  expect(deploymentsOf(repo.row)).toHaveLength(1)
  expect(states()).toEqual(['success'])
})

test('catches up after GitHub was away, with what it came to', async () => {
  const { once } = await open()
  await server.away()
  for (const step of ['naming', 'deploying', 'checking', 'live'] as const) become('d1', step)
  become('d2', 'red', { why: 'it says 500' })
  await expect(once()).rejects.toMatchObject({ kind: 'unreachable' })
  await server.back()
  await (await open()).once()
  expect([states(0), states(1)]).toEqual([['success', 'inactive'], ['failure']])
})

test('what GitHub refuses keeps nothing else from being shown, and a missing permission is named', async () => {
  const { once } = await open()
  become('d1', 'live', { sha: 'f'.repeat(40) })
  become('d2', 'live')
  await expect(once()).rejects.toThrow('No ref found')
  expect(deploymentsOf(repo.row)).toMatchObject([{ payload: { baton: 'd2' } }])
  const { once: withoutRight } = await open(['contents:write'])
  become('d3', 'live')
  await expect(withoutRight()).rejects.toMatchObject({ kind: 'forbidden' })
})

test('one that was deleted on GitHub is not made again', async () => {
  const { once } = await open()
  become('d1', 'deploying')
  await once()
  deploymentsOf(repo.row).length = 0
  become('d1', 'live')
  await once()
  expect(deploymentsOf(repo.row)).toEqual([])
})

test('every end has words that fit', () => {
  const say = (step: DeploymentStep, more: Partial<Deployment> = {}) => {
    become('d', step, more)
    return deploymentStatus(rows.get('d') as Deployment)
  }
  expect(say('naming')).toEqual({ state: 'queued', description: `Looking up what runs now, before ${sha.slice(0, 8)}` })
  expect(say('checking', { doubt: 'unknown' }).description).toContain('nobody knows whether it was deployed')
  expect(say('kept', { why: 'refused\nmore' })).toEqual({
    state: 'failure',
    description: 'It was not deployed: refused',
  })
  expect(say('red', { why: 'it says 500' }).description).toBe('It runs, and its check is red: it says 500')
  expect(say('called-off', { why: 'no list' })).toEqual({ state: 'error', description: 'Called off: no list' })
})
