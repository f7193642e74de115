import type { PlacedEnvironment } from '../../src/config/environments-in.ts'
import {
  type Deployment,
  type DeploymentStep,
  environmentId,
  type KnownEnvironment,
} from '../../src/core/deploy/deployment.ts'
import type { Actor, Run, Task } from '../../src/core/types.ts'
import type { House } from './house.ts'

const DORA: Actor = { surface: 'github', id: '7', name: 'dora' }
const BEN: Actor = { surface: 'telegram', id: '42', name: 'Ben' }
const MINUTE = 60_000
const sha = (sign: string) => sign.repeat(40).slice(0, 40)

/** As config.yaml has them. */
export const environmentsOf = (queue: string): PlacedEnvironment[] =>
  CONFIGURED.map((environment) => ({ queue, source: 'pipelines:main', environment }))

const CONFIGURED: PlacedEnvironment['environment'][] = [
  { name: 'qa', branches: ['develop'], approve: [] },
  { name: 'production', branches: ['main'], approve: ['ops'], url: 'https://app.example' },
  { name: 'demo', branches: ['main'], approve: ['ops'] },
  { name: 'preview', branches: ['feature/*'], approve: [] },
]

/** Environments in each of their conditions: well, gone back, locked, frozen, never deployed to, no longer configured. */
export function stageEnvironments({ store, now, api }: House, queue: string): void {
  const runId = api.view.latestRun()?.id
  const run = store.read.runs({ limit: 100 }).find(({ id }) => id === runId)
  const [step] = store.read.tasks(runId ?? '')
  if (runId === undefined || !run || !step) throw new Error('Start something first: deployments belong to a run.')
  const ago = (minutes: number) => now() - minutes * MINUTE
  let count = 0
  const deployment = (
    environment: string,
    step: DeploymentStep,
    given: Partial<Deployment> & { sha: string; startedAt: number },
  ) => {
    const id = `d${++count}`
    const isOver = !/ing$|^checking/.test(step)
    const row: Deployment = {
      ...{ id, queue, runId, taskId: `t${count}`, task: 4, environment, kind: 'deploy' },
      ...{ branch: 'main', by: DORA, approvedBy: [BEN], step, epoch: count, onRed: 'rollback' },
      ...(isOver && { endedAt: given.startedAt + 2 * MINUTE }),
      ...given,
    }
    return { table: 'deployments' as const, row }
  }
  const environment = (name: string, given: Partial<KnownEnvironment>) => ({
    table: 'environments' as const,
    row: { id: environmentId(queue, name), queue, name, epoch: 3, good: [], ...given },
  })
  const release = (of: string, since: number) => ({ sha: of, deploymentId: 'd1', since, by: DORA })
  const why = 'https://app.example/health answers 500, not 200'
  const next = sha('0a1b2c3d')
  // Asked for, and after it one that nobody has to approve but that waits behind what is under way.
  const waiting = (environment: string, phase: Task['phase'], branch: string) => {
    const push = { file: '', branch, sha: next, how: 'push' as const, by: DORA }
    const release = { environment, sha: next, facts: 'f', epoch: 3, title: `Deploy to ${environment}?`, text: '' }
    const id = `w-${environment}`
    return [
      { table: 'runs' as const, row: { ...run, id, state: 'open', push } as Run },
      { table: 'tasks' as const, row: { ...step, id: `t-${id}`, runId: id, phase, release } as Task },
    ]
  }
  store.commit({
    changes: [
      ...waiting('production', 'approval', 'main'),
      ...waiting('qa', 'queued', 'develop'),
      deployment('qa', 'live', { sha: sha('a1b2c3d4'), startedAt: ago(300), branch: 'develop', approvedBy: [] }),
      deployment('qa', 'checking', { sha: sha('b2c3d4e5'), startedAt: ago(1), branch: 'develop', approvedBy: [] }),
      environment('qa', { runs: release(sha('a1b2c3d4'), ago(298)), holder: 'd2' }),
      deployment('production', 'live', { sha: sha('c3d4e5f6'), startedAt: ago(2_900) }),
      deployment('production', 'rolled-back', {
        ...{ sha: sha('d4e5f6a7'), startedAt: ago(40), previous: { sha: sha('c3d4e5f6') }, why },
        breakGlass: { by: BEN, why: 'the shop is down' },
      }),
      environment('production', {
        runs: release(sha('c3d4e5f6'), ago(2_898)),
        missing: { sha: sha('d4e5f6a7'), since: ago(38), why },
        frozen: { why: 'the fair is on', by: BEN, at: ago(30), until: now() + 90 * MINUTE },
      }),
      deployment('demo', 'lost', { sha: sha('e5f6a7b8'), startedAt: ago(15), why: './rollback.sh: exit 1' }),
      environment('demo', {
        isRed: true,
        locked: { why: './rollback.sh: exit 1\nno such release', at: ago(13), deploymentId: 'd5' },
      }),
      deployment('staging', 'live', { sha: sha('f6a7b8c9'), startedAt: ago(90_000) }),
      environment('staging', { runs: release(sha('f6a7b8c9'), ago(89_998)) }),
    ],
    events: [],
  })
}
