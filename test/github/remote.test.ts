import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { locate, type Repository } from '../../src/git/repository.ts'
import { fetchRef, pushRef, remoteOf } from '../../src/github/remote.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'

let server: GitHubServer
let repo: RepoHands
let dir: string
let repository: Repository
const git = (...args: string[]) => {
  const { stdout, stderr, status } = spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}
beforeAll(async () => {
  server = await startGitHub()
  repo = server.repo('acme/app', { private: true, people: { wendy: 'write', rita: 'read' } })
  dir = mkdtempSync(join(tmpdir(), 'baton-clone-'))
  git('init', '-q', '-b', 'main', '.')
  repository = ((await locate(dir)) as { repository: Repository }).repository
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})
const remote = (token: string) => remoteOf({ apiUrl: server.apiUrl, token, owner: 'acme', repo: 'app' })

describe('the repository as git reaches it', () => {
  test('a ref is fetched, a commit is pushed, and the token is left nowhere', async () => {
    const token = server.token('wendy')
    const main = await fetchRef(repository, remote(token), { from: 'refs/heads/main', to: 'refs/baton/github/main' })
    expect(main).toBe(repo.tip('main'))
    git('checkout', '-q', '-b', 'work', 'refs/baton/github/main')
    writeFileSync(join(dir, 'a.txt'), 'a\n')
    git('add', '.')
    git('commit', '-q', '-m', 'Add a')
    const commit = git('rev-parse', 'HEAD')
    const work = { commit, branch: 'feature/issue-1' }
    expect(await pushRef(repository, remote(token), work)).toEqual({ ok: true })
    expect(await pushRef(repository, remote(token), work)).toEqual({ ok: true })
    expect(repo.tip('feature/issue-1')).toBe(commit)
    const files = readdirSync(join(dir, '.git'), { recursive: true, encoding: 'utf8' })
    const text = files
      .map((file) => join(dir, '.git', file))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file, 'latin1'))
      .join('')
    expect(text).not.toContain(token)
    expect(text).not.toContain(Buffer.from(`x-access-token:${token}`).toString('base64'))
  })

  test('what is there and is not ours is never overwritten', async () => {
    const tree = git('rev-parse', 'HEAD^{tree}')
    const other = git('commit-tree', '-m', 'Another history', tree)
    const pushed = await pushRef(repository, remote(server.token('wendy')), {
      commit: other,
      branch: 'feature/issue-1',
    })
    expect(pushed).toMatchObject({ ok: false, why: 'behind' })
  })

  test('what an agent wrote into the configuration of the repository starts no program that would find the token', async () => {
    const mark = join(dir, 'mark')
    const token = server.token('wendy')
    git('config', 'protocol.ext.allow', 'always')
    git('config', `url.ext::sh -c env%>${mark};.insteadOf`, `${server.origin}/acme/`)
    const ref = { from: 'refs/heads/main', to: 'refs/baton/github/again' }
    await expect(fetchRef(repository, remote(token), ref)).rejects.toThrow(/not allowed/)
    git('config', '--remove-section', `url.ext::sh -c env%>${mark};`)
    git('config', 'core.askPass', `touch ${mark}; false`)
    await expect(fetchRef(repository, remote('github_pat_wrongwrongwrongwrongwrong'), ref)).rejects.toThrow()
    git('config', '--unset', 'core.askPass')
    expect(existsSync(mark)).toBe(false)
  })

  test('a branch that is not there, a token that may not, one that is wrong', async () => {
    const ref = { from: 'refs/heads/nowhere', to: 'refs/baton/github/nowhere' }
    expect(await fetchRef(repository, remote(server.token('wendy')), ref)).toBeUndefined()
    const commit = git('rev-parse', 'HEAD')
    const pushed = await pushRef(repository, remote(server.token('rita')), { commit, branch: 'feature/issue-2' })
    expect(pushed).toMatchObject({ ok: false, why: 'refused', text: expect.stringContaining('403') })
    const wrong = remote('github_pat_wrongwrongwrongwrongwrong')
    await expect(fetchRef(repository, wrong, ref)).rejects.toThrow(/Authentication failed|could not read/i)
  })
})
