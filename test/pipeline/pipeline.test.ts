import { spawn } from 'node:child_process'
import { renameSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ATTEMPT_MARK } from '../../src/claude/process/environment.ts'
import { createStage, DEV, OPS, type Stage, trouble } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
afterEach(() => stage?.close())

const CONFIG = `roles: {ops: [telegram:42, telegram:43], dev: [telegram:7]}
environments:
  qa:
    branches: [develop]
    deploy: ./deploy.sh
    env: [LIVE]
  production:
    branches: [main]
    approve: [ops]
    deploy: ./deploy.sh
    check: {url: "SERVICE/", contains: $SHA, every: 100ms, within: 400ms}
    rollback: ./deploy.sh $PREVIOUS_SHA
    env: [LIVE]
pipelines: {poll: 1s}
`
const SHIP = `---
on: {push: [main, develop]}
---
## Build
**Artifact:** out
**Run:**
- mkdir out && git rev-parse HEAD > out/version

## Test
**Depends On:** Build
**Run:**
- test "$(cat out/version)" = "$SHA"
- test -z "$(git status --porcelain --untracked-files=no)"

## QA
**Depends On:** Test
**Deploy:** qa

## Ship
**Depends On:** Test
**Deploy:** production
`
const production = async () => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  const running = await stage.open()
  await running.until('the first look', () => running.app.store.read.meta('pipelines:heads:pipelines'))
  return running
}

describe('a push', () => {
  it('is built, tested and deployed where nobody has to approve', async () => {
    const running = await production()
    const sha = stage.push('develop', { 'app.txt': 'ok\n', 'a.txt': 'a' })
    const environment = await running.until('qa runs it', () => {
      const qa = running.environment('qa')
      return qa?.runs?.sha === sha && qa
    })
    await running.until('its run ends', () => running.tasks().every(({ phase }) => phase === 'done'))
    expect(stage.service.sha()).toBe(sha)
    expect(environment).toMatchObject({ epoch: 1, good: [{ sha }] })
    expect(running.tasks().map(({ spec, phase }) => `${spec.title} ${phase}`)).toEqual([
      'Build done',
      'Test done',
      'QA done',
    ])
    expect(running.tasks()[0]?.artifacts).toMatchObject([{ path: 'out', files: 1 }])
    expect(running.errors).toEqual([])
  })

  it('waits for a person of the role, who sees what would go live', async () => {
    const running = await production()
    const sha = stage.push('main', { 'feature.txt': '1\n' }, 'Add a feature')
    const ask = await running.ask('to production?')
    expect(ask.text).toContain('Add a feature')
    expect(ask.text).toContain(sha)
    expect(ask.text).toMatch(/out: sha256 [0-9a-f]{16}/)
    expect(ask.text).toContain('✓ Test')
    expect(running.app.runner.api.view.environments()).toMatchObject([
      { environment: { name: 'production' }, waiting: [{ sha, branch: 'main', isAsked: true }] },
    ])
    expect(await running.answer(ask, 'approve', DEV)).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(stage.service.deploys()).toEqual([])
    expect(await running.answer(ask, 'approve')).toMatchObject({ ok: true })
    await running.until('it is live', () => running.environment('production')?.runs?.sha === sha)
    expect(stage.service.sha()).toBe(sha)
    expect(running.deployments('production')).toMatchObject([{ step: 'live', sha, approvedBy: [OPS], branch: 'main' }])
  })

  it('takes the place of an older one that waits, which is not called failed', async () => {
    const running = await production()
    const first = stage.push('main', { 'one.txt': '1' })
    const ask = await running.ask(first.slice(0, 8))
    const second = stage.push('main', { 'two.txt': '2' })
    await running.ask(second.slice(0, 8))
    expect(await running.answer(ask, 'approve')).toMatchObject({ ok: false, code: 'closed' })
    // What the two built never comes together.
    expect(running.tasks().flatMap(({ proof }) => proof?.findings ?? [])).toEqual([])
    await running.until('the older run ends', () =>
      running.app.store.read
        .runs({ queue: 'pipelines' })
        .some(({ push, state }) => push?.sha === first && state === 'done'),
    )
    expect(stage.service.deploys()).toEqual([])
  })

  it('starts once, however often it is seen and however often Baton restarts', async () => {
    let running = await production()
    const sha = stage.push('develop', { 'a.txt': 'a' })
    await running.until('qa runs it', () => running.environment('qa')?.runs?.sha === sha)
    await running.stop()
    running = await stage.open()
    await running.app.pipelines?.pushed('push', {
      ref: 'refs/heads/develop',
      after: sha,
      repository: { full_name: 'a/b' },
      sender: { login: 'dora' },
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(running.app.store.read.runs({ queue: 'pipelines' })).toHaveLength(1)
    expect(stage.service.deploys()).toHaveLength(1)
  })

  it('is seen also after the remote was away', async () => {
    const running = await production()
    renameSync(stage.remote, `${stage.remote}-away`)
    await running.until('it says so', () => running.events.some(({ text }) => text?.startsWith('Pipelines: ')))
    renameSync(`${stage.remote}-away`, stage.remote)
    const sha = stage.push('develop', { 'a.txt': 'a' })
    await running.until('qa runs it', () => running.environment('qa')?.runs?.sha === sha)
  })
})

describe('a deployment whose check is red', () => {
  it('goes back to the release before, once, and says what runs', async () => {
    const running = await production()
    const good = stage.push('main', { 'one.txt': '1' })
    await running.answer(await running.ask(good.slice(0, 8)), 'approve')
    await running.until('the first is live', () => running.environment('production')?.runs?.sha === good)
    const bad = stage.push('main', { 'app.txt': 'broken\n' })
    const ask = await running.ask(bad.slice(0, 8))
    expect(ask.text).toContain(good.slice(0, 8))
    await running.answer(ask, 'approve')
    await running.until('it is rolled back', () => running.deployments('production')[0]?.step === 'rolled-back')
    expect(stage.service.sha()).toBe(good)
    expect(stage.service.deploys().filter((line) => line.startsWith(`${good} ${good}`))).toHaveLength(1)
    expect(running.environment('production')).toMatchObject({ runs: { sha: good }, missing: { sha: bad } })
    expect(running.events.findLast(({ type }) => type === 'deployment.ended')?.text).toContain(
      `production runs ${good.slice(0, 8)}, not ${bad.slice(0, 8)}`,
    )
  })

  it('believes the check after a rollback that failed, and not its command', async () => {
    const running = await production()
    const good = stage.push('main', { 'one.txt': '1' })
    await running.answer(await running.ask(good.slice(0, 8)), 'approve')
    await running.until('the first is live', () => running.environment('production')?.runs?.sha === good)
    const bad = stage.push('main', { 'app.txt': 'broken\n' })
    const ask = await running.ask(bad.slice(0, 8))
    trouble(stage, 'fail')
    await running.answer(ask, 'approve')
    await running.until(
      'it is over',
      () => running.deployments('production')[0]?.sha === bad && running.deployments('production')[0]?.endedAt,
    )
    // The script puts the old commit live and then fails: the check that follows is what counts.
    expect(running.deployments('production')[0]?.step).toBe('rolled-back')
    expect(running.deployments('production')[0]?.rollbackDoubt).toBe(true)
  })
})

/** Production, while a deployment to it takes its time. */
const deploying = async () => {
  const running = await production()
  const sha = stage.push('main', { 'one.txt': '1' })
  const ask = await running.ask(sha.slice(0, 8))
  trouble(stage, 'slow')
  await running.answer(ask, 'approve')
  await running.until('it deploys', () => stage.service.deploys().length === 1)
  return running
}

describe('a deployment that nobody saw the end of', () => {
  it('is looked at after a restart, and never begun again', async () => {
    let running = await deploying()
    await running.stop()
    trouble(stage, 'slow', false)
    running = await stage.open()
    await running.until('it is over', () => running.deployments('production')[0]?.endedAt)
    expect(running.deployments('production')).toMatchObject([{ step: 'red', doubt: 'unknown' }])
    expect(stage.service.deploys()).toHaveLength(1)
    expect(running.environment('production')?.holder).toBeUndefined()
  })

  it('is brought to its end when its run was stopped, after what a kill left of its commands was ended', async () => {
    let running = await deploying()
    expect(await running.app.runner.api.submit({ type: 'stop' }, OPS, { queue: 'pipelines' })).toMatchObject({
      ok: true,
    })
    const id = running.deployments('production')[0]?.id
    expect(running.deployments('production')[0]?.endedAt).toBeUndefined()
    await running.stop()
    // As a Baton left it that was killed while it brought the deployment to its end.
    const left = spawn('sleep', ['300'], { env: { ...process.env, [ATTEMPT_MARK]: `left-${id}` }, stdio: 'ignore' })
    try {
      running = await stage.open()
      await running.until('it is over', () => running.deployments('production')[0]?.endedAt)
      expect(left.signalCode).toBe('SIGTERM')
    } finally {
      left.kill('SIGKILL')
    }
    expect(running.deployments('production')).toMatchObject([{ step: 'red', doubt: 'unknown' }])
    expect(stage.service.deploys()).toHaveLength(1)
  })
})

describe('the commands', () => {
  it('roll back by role, freeze, and deploy again', async () => {
    const running = await production()
    const first = stage.push('main', { 'one.txt': '1' })
    await running.answer(await running.ask(first.slice(0, 8)), 'approve')
    await running.until('the first is live', () => running.environment('production')?.runs?.sha === first)
    expect((await running.command('rollback production')).text).toContain('Baton knows of no good release')
    const second = stage.push('main', { 'two.txt': '2' })
    await running.answer(await running.ask(second.slice(0, 8)), 'approve')
    await running.until('the second is live', () => running.environment('production')?.runs?.sha === second)
    expect(await running.command('rollback production', DEV)).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await running.command('rollback production')).toMatchObject({ ok: true })
    await running.until('the first is back', () => running.environment('production')?.runs?.sha === first)
    expect(stage.service.sha()).toBe(first)
    expect(running.environment('production')?.missing?.sha).toBe(second)
    expect(await running.command('freeze production the fair is on', DEV)).toMatchObject({ code: 'not-allowed' })
    expect(await running.command('freeze production the fair is on')).toMatchObject({ ok: true })
    expect(await running.command(`deploy production ${second}`)).toMatchObject({ ok: true })
    await running.until('it waits', () =>
      running.tasks().some(({ spec, phase, release }) => spec.deploy && phase === 'queued' && release),
    )
    expect(running.app.runner.api.view.status('pipelines').asks).toEqual([])
    expect(await running.command('unfreeze production')).toMatchObject({ ok: true })
    await running.answer(await running.ask(second.slice(0, 8)), 'approve')
    await running.until('the second is live again', () => running.environment('production')?.runs?.sha === second)
  })
})
