import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config/read.ts'
import { checkGitHub } from '../../src/doctor/github.ts'
import { runProgram } from '../../src/doctor/run-program.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'

let server: GitHubServer
let home: string
beforeAll(async () => {
  server = await startGitHub()
  server.repo('acme/app', { private: true, people: { wendy: 'write', rita: 'read' } })
  home = mkdtempSync(join(tmpdir(), 'baton-doctor-github-'))
  execFileSync('git', ['init', '-q'], { cwd: home })
  execFileSync('git', ['remote', 'add', 'origin', 'git@github.com:Acme/app.git'], { cwd: home })
})
afterAll(async () => {
  await server.close()
  rmSync(home, { recursive: true, force: true })
})

async function look(token: string | undefined, repo = 'acme/app', more = '') {
  writeFileSync(join(home, 'config.yaml'), `github: {repo: ${repo}}\n${more}`)
  const read = await readConfig({ home, env: {} })
  if (!('config' in read)) throw new Error(JSON.stringify(read.problems))
  const secrets = { githubApiUrl: server.apiUrl, ...(token !== undefined && { githubToken: token }) }
  const around = { env: { PATH: '/nowhere' }, run: runProgram, alone: true }
  return checkGitHub(read.config.projects[0], secrets, around)
}

const ALL = ['metadata:read', 'issues:write', 'pulls:write', 'contents:write', 'actions:read', 'statuses:read']

test('a token with every permission is fine', async () => {
  expect(await look(server.token('wendy', ALL))).toMatchObject([{ name: 'github', status: 'ok', detail: 'acme/app' }])
})

test.each([
  ['issues:write', /take up issues/, /Issues: read and write/],
  ['pulls:write', /pull requests/, /Pull requests: read and write/],
  ['contents:write', /push branches/, /Contents: read and write/],
  ['actions:read', /workflows passed/, /Actions: read/],
  ['statuses:read', /other checks passed/, /Commit statuses: read/],
])('without %s it says what cannot be done, and what to give', async (left, what, permission) => {
  const permissions = ALL.filter((one) => one !== left)
  const found = await look(server.token('wendy', permissions))
  expect(found).toMatchObject([
    { status: 'fail', detail: expect.stringMatching(what), todo: expect.stringMatching(permission) },
  ])
})

test.each([
  ['issues', /Issues: read and write/],
  ['pulls', /Pull requests: read and write/],
  ['contents', /Contents: read and write/],
])('a token that may only read %s is not enough, and nothing is written to see that', async (what, permission) => {
  const permissions = ALL.map((one) => (one === `${what}:write` ? `${what}:read` : one))
  const found = await look(server.token('wendy', permissions))
  expect(found).toMatchObject([{ status: 'fail', todo: expect.stringMatching(permission) }])
  expect(server.writes()).toEqual([])
})

test('with environments it must also show deployments', async () => {
  const deploys = 'environments: {production: {branches: [main], deploy: ./deploy.sh}}\n'
  expect(await look(server.token('wendy', [...ALL, 'deployments:read']), 'acme/app', deploys)).toMatchObject([
    { status: 'fail', detail: expect.stringContaining('show what is deployed') },
  ])
  expect(await look(server.token('wendy', [...ALL, 'deployments:write']), 'acme/app', deploys)).toMatchObject([
    { status: 'ok' },
  ])
})

test.each([
  ['no token', undefined, /there is no token/],
  ['a wrong one', 'github_pat_wrongwrongwrongwrongwrong', /not valid/],
  ['one of somebody who may only read', 'rita', /may not write/],
  ['one of a stranger', 'stranger', /no acme\/app for this token/],
])('with %s it says so', async (_, who, detail) => {
  const token = who === 'rita' || who === 'stranger' ? server.token(who) : who
  const [first] = await look(token)
  expect(first).toMatchObject({ status: 'fail', detail: expect.stringMatching(detail) })
  expect(JSON.stringify(first)).not.toContain('github_pat')
})

test('a folder that is a clone of something else is pointed out', async () => {
  server.repo('acme/other', { people: { wendy: 'write' } })
  expect(await look(server.token('wendy'), 'acme/other')).toMatchObject([
    { status: 'warn', detail: expect.stringContaining('no remote of acme/other') },
  ])
})
