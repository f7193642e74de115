import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newEnvironment } from '../../src/core/deploy/deployment.ts'
import type { Run } from '../../src/core/types.ts'
import { locate, type Repository } from '../../src/git/repository.ts'
import { createArtifactStore } from '../../src/pipeline/artifacts.ts'
import { prunePipelines } from '../../src/pipeline/prune.ts'
import { anna } from '../support/samples.ts'

let dir: string
let repository: Repository
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: join(dir, 'clone'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
const commit = (message: string) => {
  git('commit', '--quiet', '--allow-empty', '-m', message)
  return git('rev-parse', 'HEAD')
}
const refs = (prefix: string) => git('for-each-ref', '--format=%(refname)', prefix).split('\n').filter(Boolean)

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-prune-'))
  execFileSync('git', ['init', '--quiet', '--bare', join(dir, 'remote.git')])
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', join(dir, 'clone')])
  git('remote', 'add', 'origin', '../remote.git')
  commit('First')
  const found = await locate(join(dir, 'clone'))
  if ('reason' in found) throw new Error(found.reason)
  repository = found.repository
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const run = (id: string, sha: string, state: Run['state'] = 'done') =>
  ({ id, state, push: { file: 'f', branch: 'main', sha, how: 'push', by: anna } }) as Run

const prune = (given: Partial<Parameters<typeof prunePipelines>[0]>) =>
  prunePipelines({
    ...{ repository, remote: 'origin', open: [], over: [], environments: [] },
    ...{ artifacts: createArtifactStore(join(dir, 'artifacts')), signal: new AbortController().signal },
    ...given,
  })

test('what was built stays for open runs and the last ones, and goes for all others', async () => {
  const artifacts = createArtifactStore(join(dir, 'artifacts'))
  mkdirSync(join(dir, 'tree'))
  writeFileSync(join(dir, 'tree', 'out'), 'built')
  const sha = git('rev-parse', 'HEAD')
  const over = Array.from({ length: 12 }, (_, i) => run(`over${i}`, sha))
  for (const { id } of [...over, run('gone', sha), run('waits', sha, 'open')])
    artifacts.keep({ runId: id, number: 1 }, join(dir, 'tree'), ['out'])
  await prune({ open: [run('waits', sha, 'open')], over })
  expect(readdirSync(join(dir, 'artifacts')).sort()).toEqual([...over.slice(0, 10).map(({ id }) => id), 'waits'].sort())
  expect(existsSync(join(dir, 'artifacts/over0/1/out'))).toBe(true)
})

test('branches of steps go where nothing is on them or their work is on the remote, and else stay', async () => {
  const sha = git('rev-parse', 'HEAD')
  const fix = commit('A fix')
  const lost = commit('A fix that could not be pushed')
  git('branch', 'baton/r1/1-build', sha)
  git('branch', 'baton/r1/2-test', fix)
  git('branch', 'baton/r1/3-lost', lost)
  git('branch', 'baton/r2/1-open', sha)
  git('branch', 'mine', sha)
  git('push', '--quiet', 'origin', `${fix}:refs/heads/baton/fix-1`)
  await prune({ open: [run('r2', sha, 'open')], over: [run('r1', sha)] })
  expect(refs('refs/heads/')).toEqual([
    'refs/heads/baton/r1/3-lost',
    'refs/heads/baton/r2/1-open',
    'refs/heads/main',
    'refs/heads/mine',
  ])
})

test('commits are kept for what runs and what is gone back to', async () => {
  const shas = Array.from({ length: 14 }, (_, i) => commit(`${i}`))
  for (const sha of shas) git('update-ref', `refs/baton/sha/${sha}`, sha)
  const [good, runs, old, waits, ...over] = shas as [string, string, string, string, ...string[]]
  git('update-ref', 'refs/baton/push/main', runs)
  git('update-ref', 'refs/baton/other/x', old)
  const release = (sha: string) => ({ sha, deploymentId: 'd', since: 1, by: anna })
  const environments = [{ ...newEnvironment('pipelines', 'qa'), runs: release(runs), good: [release(good)] }]
  const given = { environments, open: [run('w', waits, 'open')], over: over.map((sha, i) => run(`o${i}`, sha)) }
  await prune(given)
  expect(refs('refs/baton/sha/').map((ref) => ref.slice('refs/baton/sha/'.length))).toEqual(
    shas.filter((sha) => sha !== old).sort(),
  )
  // What an earlier version kept.
  expect(refs('refs/baton/push/')).toEqual([])
  expect(refs('refs/baton/other/')).toHaveLength(1)
})
