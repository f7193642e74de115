import { afterEach, expect, it, vi } from 'vitest'
import { createStage, type Stage } from './stage.ts'
import { type StageDaemon, startStageDaemon } from './stage-daemon.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
let daemon: StageDaemon | undefined
afterEach(async () => {
  await daemon?.stop()
  await stage?.close()
})

const CONFIG = `http: {port: 0}
environments:
  qa:
    branches: [develop]
    deploy: ./deploy.sh
    check: {url: "SERVICE/", contains: $SHA, every: 100ms, within: 5s}
    env: [LIVE]
  production:
    branches: [main]
    deploy: ./deploy.sh
    env: [LIVE]
pipelines: {poll: 1h}
`
const SHIP = `---
on: {push: [main, develop]}
---
## Ship
**Deploy:** qa
`

it('a webhook starts what a push starts, once, in the name of whoever pushed; environments are listed before and after', async () => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  daemon = await startStageDaemon(stage)
  const { get: ask, hook } = daemon
  expect(await ask('/api/environments')).toMatchObject({
    environments: [
      { name: 'qa', is_configured: true, runs: null, summary: 'Nothing is known to run in qa', deployments: [] },
      { name: 'production', branches: ['main'], approve: [] },
    ],
  })
  const sha = stage.push('develop', { 'a.txt': 'a' })
  const payload = {
    ...{ ref: 'refs/heads/develop', before: '0'.repeat(40), after: sha, deleted: false },
    ...{ repository: { full_name: 'acme/app' }, sender: { login: 'dora', id: 7 } },
  }
  expect(await hook(payload, 'another secret')).toMatchObject({ status: 401, json: { error: expect.any(String) } })
  const { status, json } = await hook(payload)
  expect({ status, ...json }).toEqual({
    ...{ status: 'received', branch: 'develop' },
    deployment_id: expect.stringMatching(/^\d{4}-\d\d-\d\d-/),
  })
  expect(status).toBe(200)
  // The same push once more, told in other words: the same run.
  expect((await hook({ ...payload, again: true })).json).toEqual(json)
  for (const other of [
    { ...payload, ref: 'refs/heads/other' },
    { ...payload, ref: 'refs/tags/v1' },
    { ...payload, deleted: true, after: '0'.repeat(40) },
  ])
    expect((await hook(other)).json).toMatchObject({ status: 'ignored', reason: expect.any(String) })
  await vi.waitFor(
    async () =>
      expect(await ask('/api/environments')).toMatchObject({
        environments: [{ name: 'qa', runs: { sha, by: 'dora (GitHub)' }, deployments: [{ step: 'live', sha }] }, {}],
      }),
    { timeout: 200_000, interval: 500 },
  )
  expect(stage.service.deploys()).toHaveLength(1)
  expect(await ask('/api/sessions')).toMatchObject({ sessions: [{ session_id: json.deployment_id }] })
})
