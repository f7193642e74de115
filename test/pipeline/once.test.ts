import { afterEach, describe, expect, it, vi } from 'vitest'
import { createStage, OPS, QA, type Running, type Stage, trouble } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
afterEach(() => stage?.close())

const CONFIG = `${QA.replace('branches: [main]', 'branches: []')}pipelines: {poll: 1s}\n`
const SHIP = `---
on: {push: ["*"]}
---
## Ship
**Deploy:** qa

## Say
**Depends On:** Ship
**Run:** true
`

const open = async (): Promise<Running> => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  const running = await stage.open()
  await running.until('the first look', () => running.app.store.read.meta('pipelines:heads:pipelines'))
  return running
}
const isOver = (running: Running) => (runs: number) =>
  running.until('both runs end', () => {
    const all = running.app.store.read.runs({ queue: 'pipelines' })
    return all.length === runs && all.every(({ state }) => state !== 'open')
  })
/** Pushes a commit to two branches at once. */
const pushTwice = (files: Record<string, string>) => {
  const sha = stage.push('main', files)
  stage.git('push', '--quiet', 'origin', 'HEAD:other')
  return sha
}

describe('a commit that is pushed to two branches of an environment', () => {
  it('is deployed there once, and what waits for the second goes on', async () => {
    const running = await open()
    const sha = pushTwice({ 'a.txt': 'a' })
    await isOver(running)(2)
    expect(stage.service.deploys()).toHaveLength(1)
    expect(running.environment('qa')?.runs?.sha).toBe(sha)
    expect(running.tasks().map(({ phase }) => phase)).toEqual(['done', 'done', 'done', 'done'])
    expect(running.tasks().filter(({ result }) => result?.includes('was deployed to qa before (live'))).toHaveLength(1)
    // Who asks for it gets it.
    expect(await running.command(`deploy qa ${sha}`, OPS)).toMatchObject({ ok: true })
    await isOver(running)(3)
    expect(stage.service.deploys()).toHaveLength(2)
  })

  it('is not tried again by the second where it failed', async () => {
    const running = await open()
    pushTwice({ 'a.txt': 'a' })
    await isOver(running)(2)
    trouble(stage, 'fail')
    pushTwice({ 'app.txt': 'broken\n' })
    await isOver(running)(4)
    expect(running.deployments('qa').map(({ kind, step }) => `${kind} ${step}`)).toHaveLength(2)
    expect(running.tasks().map(({ spec, phase }) => `${spec.title} ${phase}`)).toEqual(
      expect.arrayContaining(['Ship failed', 'Ship skipped', 'Say blocked']),
    )
  })

  it('is not brought back by the second where it was taken back by hand', async () => {
    const running = await open()
    const runs = (sha: string) => running.until(`${sha} runs`, () => running.environment('qa')?.runs?.sha === sha)
    const first = stage.push('main', { 'one.txt': '1' })
    await runs(first)
    const second = stage.push('main', { 'two.txt': '2' })
    await runs(second)
    expect(await running.command('rollback qa')).toMatchObject({ ok: true })
    await runs(first)
    stage.git('push', '--quiet', 'origin', 'HEAD:other')
    // The end of the first run may have been skipped for the second push.
    await running.until('its step is skipped', () =>
      running.tasks().some(({ spec, phase }) => spec.title === 'Ship' && phase === 'skipped'),
    )
    expect(running.tasks().filter(({ phase }) => phase === 'blocked')).toHaveLength(1)
    expect(running.environment('qa')?.runs?.sha).toBe(first)
  })
})
