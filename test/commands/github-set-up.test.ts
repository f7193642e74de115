import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import { aHome, baton, startBaton } from '../terminal/program.ts'

let server: GitHubServer
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

/** What people have: git, Claude, and the program gh with its login. */
function programs(dir: string, gh: string): string {
  const own: Record<string, string> = {
    claude: `exec ${process.execPath} ${join(import.meta.dirname, '../../bin/rehearsal.js')} "$@"`,
    // It knows the servers that it is logged in to.
    gh: `[ "$*" = "auth token --hostname ${new URL(server.apiUrl).host}" ] && echo ${gh}`,
  }
  mkdirSync(join(dir, 'bin'))
  for (const [name, script] of Object.entries(own)) {
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(dir, 'bin', name), 0o755)
  }
  return `${join(dir, 'bin')}:${process.env.PATH}`
}

test('from nothing to the first pull request: three answers, a label, and no public address', async () => {
  const repo = server.repo('acme/app', { private: true, people: { wendy: 'write' }, files: { 'README.md': '# App\n' } })
  const token = server.token('wendy')
  const around = aHome({})
  const env = { PATH: programs(around.dir, token), GITHUB_API_URL: server.apiUrl, PORT: String(await freePort()) }
  execFileSync('git', ['clone', '-q', repo.row.gitDir, join(around.dir, 'app')])
  const home = { ...around, dir: join(around.dir, 'app') }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: home.dir, encoding: 'utf8' })
  git('remote', 'set-url', 'origin', `${server.origin}/acme/app.git`)

  const init = startBaton(home, ['init'], env)
  await init.hears(/Bot token.*/)
  init.type('\n')
  await init.hears('Turn issues of acme/app into pull requests when somebody labels them “ready”?')
  init.type('y\n')
  await init.hears('It uses the token of gh')
  await init.hears('Keep the daemon running')
  init.type('\n')
  expect((await init.ended).exitCode).toBe(0)
  expect(init.said()).toContain('label an issue of acme/app “ready”')

  const doctor = await baton(home, ['doctor'], env)
  expect(doctor.stdout).toMatch(/acme\/app, with the token of gh/)
  expect(doctor.exitCode, doctor.stdout).toBe(0)

  const { number } = repo.open('wendy', { title: 'Add a', body: 'rehearse: edit a.txt "one"', labels: ['ready'] })
  const once = await baton(home, ['github', '--once'], env)
  expect(once.exitCode, once.stderr).toBe(0)
  const [pull] = [...repo.row.issues.values()].filter((one) => one.pull)
  expect(pull?.body).toMatch(new RegExp(`^Closes #${number}\n`))
  expect(repo.git('show', `feature/issue-${number}:a.txt`)).toBe('one')
  // The token went nowhere.
  expect(`${init.said()}${doctor.stdout}${doctor.stderr}${once.stdout}${once.stderr}`).not.toContain(token)
  expect(spawnSync('grep', ['-rlF', token, '.'], { cwd: home.dir, encoding: 'utf8' })).toMatchObject({
    ...{ status: 1, stdout: '' },
  })
})
