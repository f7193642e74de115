import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import { aHome, baton, REHEARSED } from '../terminal/program.ts'

let server: GitHubServer
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

test('once: what is labeled is worked on to its pull request, and the command ends', async () => {
  const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'write' } })
  const token = server.token('baton-bot')
  const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
  const home = aHome({
    'config.yaml': `${REHEARSED}project: work\ngithub:\n  repo: acme/app\n`,
    '.env': `GITHUB_TOKEN=${token}\nGITHUB_API_URL=${server.apiUrl}\n`,
  })
  execFileSync('git', ['clone', '-q', repo.row.gitDir, join(home.dir, 'work')])
  const first = await baton(home, ['github', '--once'])
  expect(first.stderr).not.toContain('failed')
  expect(first.exitCode).toBe(0)
  expect(repo.git('show', `feature/issue-${number}:a.txt`)).toBe('one')
  expect(repo.said(number, 'baton-bot').at(0)).toContain('Done.')
  const second = await baton(home, ['github', '--once'])
  expect(second.stderr).toContain('Nothing to do: no open issue of acme/app is labeled “ready”.')
  expect(second.exitCode).toBe(0)
  expect(`${first.stdout}${first.stderr}`).not.toContain(token)
})

test('without a repository it says what to do', async () => {
  const { exitCode, stderr } = await baton(aHome({}), ['github'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('github.repo')
})
