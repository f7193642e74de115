import { afterAll, beforeAll, expect, test } from 'vitest'
import { download } from '../../src/github/download.ts'
import { failedJobLogs } from '../../src/github/merge/job-logs.ts'
import { clientOf } from '../support/github/client.ts'
import { jobsOf, runsOf } from '../support/github/merge-routes.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'

let server: GitHubServer
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())

const SHA = 'ab'.repeat(20)

test('the ends of the logs of failed jobs come, without their times, and nothing of those that passed', async () => {
  const repo = server.repo('acme/logs', { people: { baton: 'write' } })
  const { github } = clientOf(server, { repo: 'acme/logs', token: server.token('baton') })
  const run = { sha: SHA, name: 'CI', status: 'completed' as const }
  runsOf(repo.row).push({ ...run, id: 1, conclusion: 'failure' }, { ...run, id: 2, conclusion: 'success' })
  const line = (n: number) => `2026-11-27T00:00:00.1234567Z line ${n} of many words\r\n`
  const log = Array.from({ length: 2_000 }, (_, n) => line(n)).join('')
  server.files.set('/signed/1', { body: log })
  jobsOf(repo.row).push(
    { id: 11, run: 1, name: 'unit', conclusion: 'failure', log: `${server.origin}/signed/1` },
    { id: 12, run: 1, name: 'lint', conclusion: 'success', log: `${server.origin}/signed/2` },
  )
  const fetchLog = async (id: number) => {
    const address = await github.whereTo('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', { job_id: id })
    return (await download(address ?? '', { server: server.origin, hosts: [], maxBytes: 1e6 }))?.toString()
  }
  const logs = await failedJobLogs(github, SHA, fetchLog)
  expect(logs).toHaveLength(1)
  expect(logs[0]?.name).toBe('CI / unit')
  expect(logs[0]?.text).toMatch(/^…\nline \d+ of many words\n[\s\S]*line 1999 of many words$/)
  expect(logs[0]?.text.length).toBeLessThan(12_100)
  // The address is signed by itself; no token goes there.
  expect(server.fileRequests).toEqual(['/signed/1'])
})

test('a token that may not read Actions gives none', async () => {
  const token = server.token('baton', ['issues:read'])
  const { github } = clientOf(server, { repo: 'acme/logs', token })
  expect(await failedJobLogs(github, SHA, async () => 'x')).toEqual([])
})

test.each([
  ['another host', 'https://evil.example/x'],
  ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data'],
  ['a name that only ends alike', 'https://evilgithubusercontent.com/x'],
  ['a name that begins alike', 'https://a.githubusercontent.com.evil.example/x'],
  ['a known host without encryption', 'http://a.githubusercontent.com/x'],
  ['a known host at another port', 'https://a.githubusercontent.com:8443/x'],
  ['a login in the address', 'https://user:pass@a.githubusercontent.com/x'],
  ['a file', 'file:///etc/passwd'],
  ['data', 'data:text/plain,x'],
  ['no address', '//'],
])('nothing is asked of %s, not by a redirect either', async (_, address) => {
  const asked: string[] = []
  const real = globalThis.fetch
  globalThis.fetch = (async (url: URL, init: RequestInit) => {
    asked.push(url.origin)
    return real(url, init)
  }) as never
  try {
    const from = { server: server.origin, hosts: ['.githubusercontent.com'], maxBytes: 1e6, token: 'secret' }
    expect(await download(address, from)).toBeUndefined()
    expect(asked).toEqual([])
    server.files.set('/hop', { to: address })
    expect(await download(`${server.origin}/hop`, from)).toBeUndefined()
    expect(asked).toEqual([server.origin])
  } finally {
    globalThis.fetch = real
  }
})

test('what is larger than it may be does not come, and a circle ends', async () => {
  server.files.set('/large', { body: Buffer.alloc(2_000) })
  server.files.set('/round', { to: '/round' })
  const from = { server: server.origin, hosts: [], maxBytes: 1_000 }
  expect(await download(`${server.origin}/large`, from)).toBeUndefined()
  expect(await download(`${server.origin}/round`, from)).toBeUndefined()
  expect((await download(`${server.origin}/large`, { ...from, maxBytes: 2_000 }))?.length).toBe(2_000)
})
