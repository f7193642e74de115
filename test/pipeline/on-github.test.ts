import { afterEach, expect, it, vi } from 'vitest'
import { deploymentsOf } from '../support/github/deployment-routes.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'
import { createStage, QA, type Stage } from './stage.ts'

// Real git and real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
let server: GitHubServer
let repo: RepoHands
afterEach(async () => {
  await stage?.close()
  await server?.close()
})

const CONFIG = `github: {repo: acme/app}
${QA}    url: SERVICE
`
const SHIP = `---
on: {push: [main]}
---
## Test
**Verify First:** true
**Verify:**
- grep -q ok state.txt
**Claude Instruction:**
rehearse: edit state.txt "ok\\n"
rehearse: conclude Mended @everyone <b>it</b>

## Ship
**Depends On:** Test
**Deploy:** qa
`

async function onGitHub(config = '') {
  server = await startGitHub()
  repo = server.repo('acme/app', { people: { 'baton-bot': 'write', dora: 'write' } })
  stage = await createStage(
    `${CONFIG}${config}`,
    { 'ship.md': SHIP },
    {
      gitHub: {
        repo,
        access: { token: server.token('baton-bot'), apiUrl: server.apiUrl, version: '0.0.0', spaced: false },
      },
      files: { 'state.txt': 'ok\n' },
    },
  )
  const running = await stage.open()
  await running.until('the first look', () => running.app.store.read.meta('pipelines:heads:pipelines'))
  return running
}

it('shows a deployment on GitHub, with what it came to', async () => {
  const running = await onGitHub('pipelines: {poll: 1s}\n')
  const sha = stage.push('main', { 'a.txt': 'a' })
  await running.until('qa runs it', () => running.environment('qa')?.runs?.sha === sha)
  await running.until('GitHub shows it', () => deploymentsOf(repo.row)[0]?.statuses.at(-1)?.state === 'success')
  expect(deploymentsOf(repo.row)).toMatchObject([
    { sha, environment: 'qa', statuses: expect.arrayContaining([expect.objectContaining({ state: 'success' })]) },
  ])
  const bad = stage.push('main', { 'app.txt': 'broken\n' })
  await running.until('it is rolled back', () => running.deployments('qa')[0]?.step === 'rolled-back')
  await running.until('GitHub shows that', () => deploymentsOf(repo.row)[1]?.statuses.at(-1)?.state === 'failure')
  expect(deploymentsOf(repo.row)[1]?.sha).toBe(bad)
  expect(deploymentsOf(repo.row)[0]?.statuses.at(-1)?.state).toBe('success')
  expect(running.errors).toEqual([])
})

it('what Claude fixed comes back as a pull request, and neither it nor the commit is deployed', async () => {
  const running = await onGitHub('pipelines: {poll: 1s}\n')
  const bad = stage.push('main', { 'state.txt': 'no\n' })
  const pull = await running.until('a pull request', () => [...repo.row.issues.values()].find((one) => one.pull))
  expect(pull).toMatchObject({ title: `Fix Test for ${bad.slice(0, 8)}`, pull: { base: 'main' } })
  expect(pull.body).toContain('Nothing of this is deployed')
  expect(pull.body).not.toMatch(/@everyone|<b>/)
  expect(repo.git('show', `${pull.pull?.head.branch}:state.txt`)).toBe('ok')
  expect(repo.git('rev-parse', `${pull.pull?.head.branch}^`)).toBe(bad)
  await running.until('its run ends', () => running.tasks().every(({ phase }) => /done|failed|blocked/.test(phase)))
  expect(running.tasks().find(({ spec }) => spec.title === 'Test')).toMatchObject({
    phase: 'failed',
    result: expect.stringContaining('/pull/'),
  })
  expect(stage.service.deploys()).toEqual([])
  expect(repo.tip('main')).toBe(bad)
})

it('pushes the fix onto the branch where that is configured, and there it starts over', async () => {
  const running = await onGitHub('pipelines: {poll: 1s, fix: branch}\n')
  const bad = stage.push('main', { 'state.txt': 'no\n' })
  await running.until('the fix is on the branch', () => repo.tip('main') !== bad)
  const fixed = repo.tip('main') as string
  expect(repo.git('rev-parse', `${fixed}^`)).toBe(bad)
  await running.until('the fix is deployed, as a push of its own', () => running.environment('qa')?.runs?.sha === fixed)
  expect(stage.service.deploys()).toEqual([expect.stringContaining(`${fixed} qa `)])
})
