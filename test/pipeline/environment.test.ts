import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { createStage, DEV, OPS, type Running, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
afterEach(() => stage?.close())

const KEY = 'correct-horse-battery-staple'
/** A platform that gives each release a name of its own, and a check that looks whether a file says that all is well. */
const CONFIG = `roles: {ops: [telegram:42, telegram:43]}
environments:
  production:
    branches: [main]
    approve: [ops]
    deploy: 'echo "deploy $SHA $PREVIOUS_SHA $PREVIOUS_RELEASE $ENVIRONMENT $BRANCH $ACTOR" >> "$LIVE/log"; echo "key $DEPLOY_KEY"; echo "v-$SHA" > "$LIVE/release"; echo "$SHA" > "$LIVE/sha"'
    before: 'cat "$LIVE/release" 2>/dev/null || echo v-none'
    check: ['test ! -f "$LIVE/ill"']
    rollback: 'echo "back $PREVIOUS_RELEASE $PREVIOUS_SHA" >> "$LIVE/log"; echo "$PREVIOUS_RELEASE" > "$LIVE/release"'
    env: [LIVE, DEPLOY_KEY]
pipelines: {poll: 1s}
`
/** Each of two steps waits for the other one. */
const SHIP = `---
on: {push: [main]}
---
## Build
**Run:** touch PLACE/build; until test -f PLACE/test; do sleep 0.05; done; test -z "$DEPLOY_KEY$LIVE"

## Test
**Run:** touch PLACE/test; until test -f PLACE/build; do sleep 0.05; done

## Ship
**Depends On:** Build, Test
**Deploy:** production
`

async function open(): Promise<Running & { log: () => string[]; ill: () => void }> {
  stage = await createStage(CONFIG, {})
  const live = join(stage.dir, 'live')
  stage.write('home/pipelines/ship.md', SHIP.replaceAll('PLACE', live))
  appendFileSync(join(stage.home, '.env'), `DEPLOY_KEY=${KEY}\n`)
  const running = await stage.open()
  await running.until('the first look', () => running.app.store.read.meta('pipelines:heads:pipelines'))
  return {
    ...running,
    log: () => (existsSync(join(live, 'log')) ? readFileSync(join(live, 'log'), 'utf8').trim().split('\n') : []),
    ill: () => writeFileSync(join(live, 'ill'), ''),
  }
}

it('steps that do not wait for each other run side by side, and what is secret reaches the commands of its environment alone', async () => {
  const running = await open()
  const sha = stage.push('main', { 'a.txt': 'a' })
  await running.answer(await running.ask(sha.slice(0, 8)), 'approve')
  await running.until('it is live', () => running.environment('production')?.runs?.sha === sha)
  await running.until('its run ends', () => running.tasks().every(({ phase }) => phase === 'done'))
  expect(running.log()).toEqual([expect.stringMatching(`^deploy ${sha}  v-none production main \\S`)])
  const logs = readdirSync(join(stage.home, 'logs'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
    .join('\n')
  expect(logs).toContain('key ')
  expect(logs).not.toContain(KEY)
  expect(JSON.stringify(running.events)).not.toContain(KEY)
  expect(running.errors).toEqual([])
})

it('a red check goes back to the release that was named before; where that is red as well nothing more begins until somebody has looked', async () => {
  const running = await open()
  const good = stage.push('main', { 'a.txt': 'a' })
  await running.answer(await running.ask(good.slice(0, 8)), 'approve')
  await running.until('it is live', () => running.environment('production')?.runs?.sha === good)
  const bad = stage.push('main', { 'b.txt': 'b' })
  const ask = await running.ask(bad.slice(0, 8))
  running.ill()
  await running.answer(ask, 'approve')
  await running.until('it is over', () => running.deployments('production')[0]?.step === 'lost')
  expect(running.log().slice(1)).toEqual([
    expect.stringMatching(`^deploy ${bad} ${good} v-${good} production main `),
    `back v-${good} ${good}`,
  ])
  expect(running.deployments('production')[0]?.steps?.map(({ step }) => step)).toEqual([
    ...['naming', 'deploying', 'checking', 'rolling-back', 'checking-rollback', 'lost'],
  ])
  expect(running.environment('production')).toMatchObject({ isRed: true, locked: { why: expect.any(String) } })
  expect(running.environment('production')?.runs).toBeUndefined()
  expect(running.events.findLast(({ type }) => type === 'deployment.ended')?.text).toContain('the rollback FAILED')

  // Built, and asked about only once it may begin.
  const next = stage.push('main', { 'c.txt': 'c' })
  await running.until('it is built', () =>
    running.tasks().some(({ spec, phase, release }) => spec.deploy && phase === 'queued' && release?.sha === next),
  )
  expect(running.app.runner.api.view.status('pipelines').asks).toEqual([])
  expect(await running.command('unfreeze production', DEV)).toMatchObject({ ok: false, code: 'not-allowed' })
  expect(await running.command('unfreeze production')).toMatchObject({ ok: true })
  expect((await running.ask(next.slice(0, 8))).text).toContain('Runs now: unknown')
})

it('in a freeze a reason opens the door for whoever may, and stands in the record', async () => {
  const running = await open()
  const sha = stage.push('main', { 'a.txt': 'a' })
  const ask = await running.ask(sha.slice(0, 8))
  expect(await running.command('freeze production the fair is on')).toMatchObject({ ok: true })
  for (const named of ['mian', 'HEAD', 'v1.2.3', '1234567', 'mian~1 the shop is down', 'v1.2.3 the shop is down'])
    expect(await running.command(`deploy production ${named}`)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/^There is no commit or branch \S+ in origin\.$/),
    })
  // What was asked before is approved now, and still does not begin.
  await running.answer(ask, 'approve')
  const glass = `deploy production ${sha} the shop is down`
  expect(await running.command(glass, DEV)).toMatchObject({ ok: false, code: 'not-allowed' })
  expect(running.log()).toEqual([])
  expect(await running.command(glass)).toMatchObject({ ok: true })
  await running.answer(await running.ask(sha.slice(0, 8)), 'approve')
  await running.until('it is live', () => running.environment('production')?.runs?.sha === sha)
  expect(running.deployments('production')).toMatchObject([
    { step: 'live', breakGlass: { by: OPS, why: 'the shop is down' }, approvedBy: [OPS] },
  ])
  expect(running.events.find(({ type }) => type === 'deployment.started')?.text).toContain('the shop is down')
  expect(running.log()).toHaveLength(1)
})
