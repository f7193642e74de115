import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { type Daemon, startDaemon } from '../../src/app/daemon.ts'
import { readConfig } from '../../src/config/read.ts'
import { signedDelivery } from '../support/github/signed-delivery.ts'
import { REHEARSAL } from '../support/rehearsal-agent.ts'
import { createStage, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

const SECRET = 'the-secret-of-the-webhook'
const TOKEN = 'the-token-of-the-api-of-this-test'
let stage: Stage
let daemon: Daemon | undefined
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

async function start(): Promise<Daemon & { url: string }> {
  appendFileSync(join(stage.home, '.env'), `GITHUB_WEBHOOK_SECRET=${SECRET}\nAPI_TOKEN=${TOKEN}\n`)
  const read = await readConfig({ home: stage.home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const { config, secrets, secretValues } = read
  for (const project of config.projects) project.claude.command = REHEARSAL
  config.program = join(stage.home, 'no-program')
  const opened = await startDaemon({
    ...{ config, secrets, secretValues, version: '0.0.0', log: pino({ level: 'silent' }), say: () => undefined },
    env: { PATH: process.env.PATH, HOME: stage.home, CLAUDE_CONFIG_DIR: join(stage.home, 'sessions') },
  })
  if ('holder' in opened || opened.url === undefined) throw new Error('It does not listen.')
  daemon = opened
  return { ...opened, url: opened.url }
}

it('a webhook starts what a push starts, once, in the name of whoever pushed; environments are listed before and after', async () => {
  stage = await createStage(CONFIG, { 'ship.md': SHIP })
  const { url } = await start()
  const ask = async (path: string) =>
    (await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })).json()) as never
  const hook = async (payload: object, secret = SECRET) => {
    const { body, headers } = signedDelivery('push', payload, secret)
    const answer = await fetch(`${url}/webhooks/github`, { method: 'POST', body, headers })
    return { status: answer.status, json: (await answer.json()) as Record<string, string> }
  }
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
