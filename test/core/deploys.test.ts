import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actOf, type DeploymentReport, environmentId } from '../../src/core/deploy/deployment.ts'
import type { Actor, Policy, PushedCommit, Release, Task } from '../../src/core/types.ts'
import { createHouse, type House, planned } from './house.ts'

const BEN: Actor = { surface: 'telegram', id: '42', name: 'Ben' }
const EVE: Actor = { surface: 'telegram', id: '13', name: 'Eve' }
const PUSHER: Actor = { surface: 'github', id: '9', name: 'dora' }

const POLICY: Partial<Policy> = {
  approval: { mode: 'none', auto: [], review: 'never', checkpointAfter: [] },
  onFailure: 'continue',
  lanes: 4,
  workspace: 'worktree',
  finish: false,
  roles: { members: { ops: ['telegram:42'] }, people: [] },
  environments: { qa: { roles: [] }, production: { roles: ['ops'] } },
}

const push = (sha: string, more: Partial<PushedCommit> = {}): PushedCommit => ({
  ...{ file: 'ship.md', branch: 'main', sha, how: 'push', by: PUSHER },
  ...more,
})

function start(house: House, { sha, ...more }: PushedCommit, environment = 'production') {
  const spec = { deploy: environment, run: ['./deploy.sh'], retries: 0, title: `Ship ${sha}`, instruction: '' }
  const origin = { source: 'push' as const, ref: `${environment} ${sha} ${house.events.length}` }
  return house.act(
    { type: 'start', tasks: [planned(1, { ...spec, origin })], files: [], autoApprove: true, push: { sha, ...more } },
    PUSHER,
  )
}

const known = (house: House, name = 'production') => house.state.environments.get(environmentId('main', name))
const tasksOf = (house: House): Task[] => [...house.state.tasks.values()]
const open = (house: House, sha: string): Task => {
  const task = tasksOf(house).findLast(({ spec }) => spec.title === `Ship ${sha}`)
  if (!task) throw new Error(`no task for ${sha}`)
  return task
}

/** What the pipelines do all the time: say what each waiting step would deploy, as everything is now. */
function prepare(house: House, more: Partial<Release> = {}): void {
  for (const task of tasksOf(house)) {
    const environment = task.spec.deploy as string
    const { sha = '' } = house.state.runs.get(task.runId)?.push ?? {}
    const epoch = known(house, environment)?.epoch ?? 0
    const runs = known(house, environment)?.runs?.sha ?? 'nothing'
    const release: Release = {
      ...{ environment, sha, epoch, title: `Deploy ${sha}?`, text: `${runs} → ${sha}`, onRed: 'rollback' },
      facts: `${runs} → ${sha} at ${epoch}`,
      isAsked: environment === 'production',
      ...(environment === 'production' && { deciders: { roles: ['ops'], count: 1 } }),
      ...more,
    }
    house.give({ type: 'release', taskId: task.id, release })
  }
}

const approve = (house: House, by = BEN) => house.act({ type: 'approve', target: {} }, by).reply

describe('a step that deploys', () => {
  it('begins only when it was approved as it is, by somebody who may', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    expect(house.openAsks()).toEqual([])
    prepare(house)
    const [ask] = house.openAsks()
    expect(ask).toMatchObject({ about: 'deploy', title: 'Deploy a?', deciders: { roles: ['ops'] } })
    house.give({ type: 'deploying', taskId: open(house, 'a').id })
    expect(house.state.deployments.size).toBe(0)
    expect(approve(house, EVE)).toMatchObject({ code: 'not-allowed' })
    expect(approve(house)).toMatchObject({ ok: true })
    expect(house.next()).toMatchObject({ do: 'work' })
    house.give({ type: 'deploying', taskId: open(house, 'a').id })
    expect([...house.state.deployments.values()]).toMatchObject([{ sha: 'a', step: 'naming', approvedBy: [BEN] }])
    expect(known(house)).toMatchObject({ epoch: 1, holder: [...house.state.deployments.keys()][0] })
  })

  it('is asked about again when anything has changed that was approved', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    approve(house)
    prepare(house, { facts: 'other artifacts', text: 'other artifacts' })
    expect(house.openAsks()[0]?.text).toBe('other artifacts')
    expect(open(house, 'a').approvedFacts).toBeUndefined()
    house.give({ type: 'deploying', taskId: open(house, 'a').id })
    expect(house.state.deployments.size).toBe(0)
  })

  it('that was taken up while what it would deploy changed is asked about anew, and not resumed for ever', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    approve(house)
    // Approved once more between two looks at it, so that no deployment was started before somebody worked on it.
    const { id } = open(house, 'a')
    const attempt = { id: 'attempt', sessionId: '', cwd: '/', logFile: '/log', rawFile: '/raw' }
    house.give({ type: 'claimed', taskId: id, attempt })
    const outcome = { kind: 'interrupted' as const, text: 'nothing was started', isUnbegun: true as const }
    house.give({ type: 'ended', attemptId: 'attempt', outcome })
    expect(open(house, 'a')).toMatchObject({ phase: 'queued' })
    expect(open(house, 'a').approvedFacts).toBeUndefined()
    prepare(house)
    approve(house)
    house.give({ type: 'deploying', taskId: id })
    expect([...house.state.deployments.values()]).toMatchObject([{ step: 'naming', approvedBy: [BEN] }])
  })

  it('withdraws what was asked when it changes before anybody has answered', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    const [before] = house.openAsks()
    prepare(house, { facts: 'b', text: 'b' })
    const target = { askId: before?.id as string, hash: before?.hash as string }
    expect(house.act({ type: 'approve', target }, BEN).reply).toMatchObject({ ok: false, code: 'closed' })
    expect(house.openAsks()).toHaveLength(1)
  })

  it('waits for a freeze to end, unless somebody who may has given a reason', () => {
    const house = createHouse(POLICY)
    expect(house.act({ type: 'freeze', environment: 'production', why: 'fair' }, EVE).reply).toMatchObject({
      code: 'not-allowed',
    })
    house.act({ type: 'freeze', environment: 'production', why: 'fair', until: house.now + 1_000 }, BEN)
    start(house, push('a'))
    prepare(house)
    expect(house.openAsks()).toEqual([])
    house.now += 1_001
    house.give({ type: 'tick' })
    expect(house.openAsks()).toHaveLength(1)
    house.act({ type: 'freeze', environment: 'production', why: 'again' }, BEN)
    expect(approve(house)).toMatchObject({ ok: true })
    house.give({ type: 'deploying', taskId: open(house, 'a').id })
    expect(house.state.deployments.size).toBe(0)
    start(house, push('b', { how: 'asked', environment: 'production', breakGlass: 'the shop is down' }))
    expect(house.events.at(-1)?.type).not.toBe('deployment.started')
  })

  it('is superseded by a newer push while it waits, and never once it has begun', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    start(house, push('b'))
    // Nothing failed: its run is done, and gone from memory.
    expect(house.events.map(({ text }) => text)).toContain('Task 1 (Ship a) was superseded by b')
    expect(house.events.find(({ type }) => type === 'run.ended')?.data).toMatchObject({ state: 'done' })
    prepare(house)
    approve(house)
    house.give({ type: 'deploying', taskId: open(house, 'b').id })
    start(house, push('c'))
    expect(open(house, 'b').phase).not.toBe('skipped')
    expect(house.act({ type: 'skip', task: 1, runId: open(house, 'b').runId }, BEN).reply?.text).toContain(
      'not stopped half-way',
    )
  })

  it('that failed is prepared and asked about anew when somebody retries it', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    approve(house)
    const { id } = open(house, 'a')
    house.give({ type: 'deploying', taskId: id })
    const [deploymentId = ''] = house.state.deployments.keys()
    const attempt = { id: 'attempt', sessionId: '', cwd: '/', logFile: '/log', rawFile: '/raw' }
    house.give({ type: 'claimed', taskId: id, attempt })
    house.give({ type: 'deployment', deploymentId, report: { kind: 'not-named', why: 'no login' } })
    house.give({ type: 'ended', attemptId: 'attempt', outcome: { kind: 'failed', text: 'called off' } })
    expect(known(house)).toMatchObject({ epoch: 1 })
    expect(known(house)?.holder).toBeUndefined()
    house.act({ type: 'retry', task: 1 }, BEN)
    prepare(house)
    expect(house.openAsks()).toMatchObject([{ about: 'deploy' }])
    approve(house)
    house.give({ type: 'deploying', taskId: id })
    expect([...house.state.deployments.values()]).toMatchObject([{ step: 'naming', epoch: 2 }])
  })

  it('of another environment does not wait for it', () => {
    const house = createHouse(POLICY)
    start(house, push('a'))
    prepare(house)
    start(house, push('b', { branch: 'develop' }), 'qa')
    prepare(house)
    expect(house.next()).toMatchObject({ do: 'work', task: { spec: { deploy: 'qa' } } })
  })
})

describe('any sequence of pushes, answers, kills and freezes', () => {
  const step = fc.constantFrom(
    'push',
    'push-qa',
    'prepare',
    'approve',
    'approve-eve',
    'stale',
    'begin',
    'good',
    'bad',
    'kill',
    'freeze',
    'unfreeze',
    'rollback',
    'skip',
    'boot',
  )

  it('deploys nothing that was not approved as it is, never two at once, and goes back once at most', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const house = createHouse(POLICY)
        let shas = 0
        let stale: { askId: string; hash: string } | undefined
        /** Witness: commands as they are started, by the deployment. */
        const started: string[] = []
        const perform = (how: 'good' | 'bad' | 'kill') => {
          for (const deployment of house.state.deployments.values()) {
            const act = actOf(deployment)
            if (act === undefined) continue
            started.push(`${deployment.id} ${act}`)
            const ok = how === 'good'
            const report: DeploymentReport =
              how === 'kill'
                ? { kind: 'interrupted' }
                : act === 'name'
                  ? {
                      kind: 'named',
                      ...(known(house, deployment.environment)?.good.at(-1) && {
                        previous: { sha: known(house, deployment.environment)?.good.at(-1)?.sha ?? '' },
                      }),
                    }
                  : act === 'deploy'
                    ? ok
                      ? { kind: 'deployed' }
                      : { kind: 'deploy-failed', why: 'x' }
                    : act === 'roll-back'
                      ? { kind: 'rolled-back', ok }
                      : { kind: 'checked', ok }
            house.give({ type: 'deployment', deploymentId: deployment.id, report })
          }
        }
        for (const one of steps) {
          if (one === 'push') start(house, push(`s${++shas}`))
          else if (one === 'push-qa') start(house, push(`q${++shas}`, { branch: 'develop' }), 'qa')
          else if (one === 'prepare') prepare(house)
          else if (one === 'approve') {
            const [ask] = house.openAsks()
            if (ask) stale = { askId: ask.id, hash: ask.hash }
            if (ask) house.act({ type: 'approve', target: { askId: ask.id, hash: ask.hash } }, BEN)
          } else if (one === 'approve-eve') {
            for (const ask of house.openAsks())
              expect(house.act({ type: 'approve', target: { askId: ask.id } }, EVE).reply?.ok).toBe(false)
          } else if (one === 'stale' && stale) house.act({ type: 'approve', target: stale }, BEN)
          else if (one === 'begin') {
            for (const task of tasksOf(house)) {
              const before = house.state.deployments.size
              house.give({ type: 'deploying', taskId: task.id })
              if (house.state.deployments.size === before) continue
              const deployment = [...house.state.deployments.values()].at(-1)
              // Whatever else happened: a person of the role approved exactly these facts, and they hold now.
              if (deployment?.environment === 'production' && deployment.kind === 'deploy') {
                expect(task.approvedFacts).toBe(task.release?.facts)
                expect(task.release?.epoch).toBe((deployment?.epoch ?? 0) - 1)
                expect(deployment?.approvedBy).toEqual([BEN])
              }
            }
          } else if (one === 'good' || one === 'bad' || one === 'kill') perform(one)
          else if (one === 'freeze') house.act({ type: 'freeze', environment: 'production', why: '' }, BEN)
          else if (one === 'unfreeze') house.act({ type: 'unfreeze', environment: 'production' }, BEN)
          else if (one === 'rollback') {
            const good = known(house)?.good[0]
            if (good) start(house, push(good.sha, { how: 'rollback', environment: 'production', by: BEN }))
          } else if (one === 'skip') house.act({ type: 'skip', task: 1 }, EVE)
          else if (one === 'boot') house.give({ type: 'boot' })
          const live = [...house.state.deployments.values()].map(({ environment }) => environment)
          expect(new Set(live).size).toBe(live.length)
          for (const deployment of house.state.deployments.values())
            expect(known(house, deployment.environment)?.holder).toBe(deployment.id)
        }
        for (const act of ['deploy', 'roll-back'])
          for (const id of new Set(started.map((line) => line.split(' ')[0])))
            expect(started.filter((line) => line === `${id} ${act}`).length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })
})
