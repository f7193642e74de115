import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { locate, type Repository } from '../../src/git/repository.ts'
import { fetchCommit } from '../../src/pipeline/remote.ts'

let dir: string
let repository: Repository
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: join(dir, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
const push = (message: string) => {
  git('author', 'commit', '--quiet', '--allow-empty', '-m', message)
  git('author', 'push', '--quiet', 'origin', 'HEAD:main')
  return git('author', 'rev-parse', 'HEAD')
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-remote-'))
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(dir, 'remote.git')])
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', join(dir, 'author')])
  git('author', 'remote', 'add', 'origin', '../remote.git')
  push('First')
  git('.', 'clone', '--quiet', 'remote.git', 'clone')
  const found = await locate(join(dir, 'clone'))
  if ('reason' in found) throw new Error(found.reason)
  repository = found.repository
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a commit that several ask for at once is there for each, and no branch of the user has moved', async () => {
  const before = git('clone', 'rev-parse', 'refs/remotes/origin/main')
  const sha = push('Second')
  const found = await Promise.all(
    Array.from({ length: 8 }, () => fetchCommit(repository, { remote: 'origin', branch: 'main', sha })),
  )
  expect(found).toEqual(Array(8).fill(true))
  expect(git('clone', 'rev-parse', `refs/baton/sha/${sha}`)).toBe(sha)
  expect(git('clone', 'rev-parse', 'refs/remotes/origin/main')).toBe(before)
})

test('after a fetch that failed the next one is tried', async () => {
  const sha = push('Second')
  const away = fetchCommit(repository, { remote: 'nowhere', branch: 'main', sha })
  const there = fetchCommit(repository, { remote: 'origin', branch: 'main', sha })
  await expect(away).rejects.toThrow(/nowhere/)
  expect(await there).toBe(true)
})

test('a branch may lie below the name of one that is gone', async () => {
  const fetched = async (branch: string) => {
    const sha = push(`On ${branch}`)
    git('author', 'push', '--quiet', 'origin', `HEAD:${branch}`)
    return fetchCommit(repository, { remote: 'origin', branch, sha })
  }
  expect(await fetched('feature')).toBe(true)
  git('author', 'push', '--quiet', 'origin', ':feature')
  expect(await fetched('feature/login')).toBe(true)
})
