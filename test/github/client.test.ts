import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { GitHubError } from '../../src/github/errors.ts'
import { mayWrite } from '../../src/github/may.ts'
import { clientOf } from '../support/github/client.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'
import type { RepoHands } from '../support/github/world.ts'

let server: GitHubServer
let repo: RepoHands
let token: string
beforeAll(async () => {
  server = await startGitHub()
})
afterAll(() => server.close())
let count = 0
let name = ''
beforeEach(() => {
  name = `acme/app${++count}`
  repo = server.repo(name, { people: { wendy: 'write', tom: 'triage', rita: 'read', mona: 'maintain' } })
  token = server.token('acme')
})
afterEach(() => {
  server.faults.clear()
  server.requests.length = 0
})
const client = (more: { spaced?: boolean; now?: () => number; db?: ReturnType<typeof clientOf>['db'] } = {}) =>
  clientOf(server, { token, repo: name, ...more })
const failure = (work: Promise<unknown>): Promise<GitHubError> =>
  work.then(
    () => expect.unreachable('it went well'),
    (error) => {
      expect(error).toBeInstanceOf(GitHubError)
      return error as GitHubError
    },
  )
const issues = (label = 'ready') => ({ labels: label, state: 'open', sort: 'updated', direction: 'desc' }) as const
const LIST = 'GET /repos/{owner}/{repo}/issues' as const

describe('polls', () => {
  test('cost nothing while nothing changes, also after a restart', async () => {
    const { github, db } = client()
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    const first = await github.poll(LIST, issues())
    expect(first?.items.map(({ title }) => title)).toEqual(['One'])
    first?.keep()
    expect(await github.poll(LIST, issues())).toBeUndefined()
    expect(await client({ db }).github.poll(LIST, issues())).toBeUndefined()
    expect(github.counts()).toEqual({ counted: 1, free: 1 })
    repo.open('wendy', { title: 'Two', labels: ['ready'] })
    expect((await github.poll(LIST, issues()))?.items.map(({ title }) => title)).toEqual(['Two', 'One'])
  })

  test('bring the same again until it was kept', async () => {
    const { github } = client()
    repo.open('wendy', { title: 'One', labels: ['ready'] })
    expect((await github.poll(LIST, issues()))?.items).toHaveLength(1)
    expect((await github.poll(LIST, issues()))?.items).toHaveLength(1)
  })

  test('with another token ask anew: ETags belong to a token', async () => {
    const { github, db } = client()
    ;(await github.poll(LIST, issues()))?.keep()
    token = server.token('wendy')
    await client({ db }).github.poll(LIST, issues())
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200])
  })

  test('follow every page', async () => {
    const { github } = client()
    for (let n = 0; n < 230; n++) repo.open('wendy', { title: `Issue ${n}`, labels: ['ready'] })
    expect((await github.poll(LIST, issues()))?.items).toHaveLength(230)
    expect(await github.all(LIST, issues())).toHaveLength(230)
  })
})

describe('what is looked at again and again', () => {
  const RUNS = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs' as const

  test('costs nothing while it is as it was, and is what it is now when it changed', async () => {
    const { github } = client()
    const { number } = repo.open('wendy', { title: 'One', labels: ['ready'] })
    const read = () => github.again.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number })
    const list = () => github.again.all(LIST, issues())
    await read()
    await list()
    const before = github.counts().counted
    for (let n = 0; n < 3; n++) expect(await read()).toMatchObject({ title: 'One' })
    expect(await list()).toHaveLength(1)
    expect(github.counts().counted).toBe(before)
    repo.edit(number, { title: 'Two' })
    expect(await read()).toMatchObject({ title: 'Two' })
    repo.open('wendy', { title: 'Three', labels: ['ready'] })
    expect(await list()).toHaveLength(2)
  })

  test('and fills a page is asked for whole: what comes behind it does not change it', async () => {
    const { github } = client()
    const { number } = repo.open('wendy', { title: 'One' })
    const comment = (body: string) => repo.comment(number, 'wendy', body)
    const given = { issue_number: number, per_page: 2 }
    const list = async () =>
      (await github.again.all('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', given)).map(
        ({ body }) => body,
      )
    comment('a')
    comment('b')
    expect(await list()).toEqual(['a', 'b'])
    comment('c')
    expect(await list()).toEqual(['a', 'b', 'c'])
    comment('d')
    expect(await list()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('and may not be asked is not asked again for ten minutes', async () => {
    let now = 0
    token = server.token('acme', ['issues:read'])
    const { github } = client({ now: () => now })
    const ask = (ref: string) => failure(github.again.read(RUNS, { ref }))
    for (const ref of ['a', 'b', 'c']) expect(await ask(ref)).toMatchObject({ kind: 'forbidden' })
    expect(github.counts().counted).toBe(1)
    now = 600_000
    await ask('a')
    expect(github.counts().counted).toBe(2)
  })
})

describe('limits', () => {
  test.each([
    ['a secondary limit with its time', { kind: 'secondary', retryAfterS: 37 } as const, 37_000],
    ['a secondary limit without one', { kind: 'secondary' } as const, 60_000],
  ])('%s: nothing is sent before it', async (_, trouble, waitMs) => {
    let now = 5_000_000
    const { github } = client({ now: () => now })
    server.faults.add(/GET/, trouble)
    const error = await failure(github.read('GET /repos/{owner}/{repo}', {}))
    expect(error).toMatchObject({ kind: 'limited', retryAt: now + waitMs })
    const sent = server.requests.length
    now += waitMs - 1
    expect(await failure(github.poll(LIST, issues()))).toMatchObject({ kind: 'limited', retryAt: 5_000_000 + waitMs })
    expect(server.requests).toHaveLength(sent)
    now += 1
    await github.read('GET /repos/{owner}/{repo}', {})
  })

  test('the hourly one is over when GitHub says so', async () => {
    const { github } = client({ now: () => 1_000_000 })
    server.faults.add(/GET/, { kind: 'primary', resetAt: 4_600 })
    const error = await failure(github.read('GET /repos/{owner}/{repo}', {}))
    expect(error).toMatchObject({ kind: 'limited', retryAt: 4_600_000 })
    expect(github.heldUntil()).toBe(4_600_000)
  })

  test('that come again wait longer', async () => {
    let now = 0
    const { github } = client({ now: () => now })
    server.faults.add(/GET/, { kind: 'secondary' }, 3)
    const waits: number[] = []
    for (let n = 0; n < 3; n++) {
      const { retryAt = 0 } = await failure(github.read('GET /repos/{owner}/{repo}', {}))
      waits.push(retryAt - now)
      now = retryAt
    }
    expect(waits).toEqual([60_000, 120_000, 240_000])
  })

  test('a 403 that speaks of none is a missing permission, and holds nothing up', async () => {
    token = server.token('acme', ['issues:read'])
    const { github } = client()
    const error = await failure(github.read('GET /repos/{owner}/{repo}/pulls', {}))
    expect(error).toMatchObject({ kind: 'forbidden', status: 403 })
    // GitHub's own words about what it takes.
    expect(error?.message).toMatch(/403: .*\. The token needs the permission “Pull requests: read”\.$/)
    expect(await github.all(LIST, {})).toEqual([])
  })

  test('writes are a second apart', async () => {
    const { github } = client({ spaced: true })
    const { number } = repo.open('wendy', { title: 'One', labels: ['a', 'b'] })
    const remove = (label: string) =>
      github.write('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
        issue_number: number,
        name: label,
      })
    const began = performance.now()
    await Promise.all([remove('a'), remove('b')])
    expect(performance.now() - began).toBeGreaterThan(900)
  })
})

describe('troubles', () => {
  const comment = { issue_number: 1, body: 'Hello' }
  const SAY = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments' as const
  test.each([
    ['a write whose answer is lost', { kind: 'reset', when: 'after' } as const, 'lost'],
    ['a write that is lost on its way', { kind: 'reset', when: 'before' } as const, 'lost'],
    ['a write that a proxy gave up on', { kind: 'status', code: 502 } as const, 'lost'],
    ['a write that is refused', { kind: 'status', code: 422 } as const, 'refused'],
    ['a write in the wrong state', { kind: 'status', code: 405 } as const, 'not-allowed'],
    ['a write that came too late', { kind: 'status', code: 409 } as const, 'conflict'],
  ])('%s is sent once and called by its kind', async (_, trouble, kind) => {
    const { github } = client()
    repo.open('wendy', { title: 'One' })
    server.faults.add(/POST/, trouble)
    expect(await failure(github.write(SAY, comment))).toMatchObject({ kind })
    expect(server.requests).toHaveLength(1)
  })

  test('a server that is away got nothing', async () => {
    const { github } = client()
    await server.away()
    try {
      // A connection that was kept alive breaks: there nobody knows.
      await failure(github.read('GET /repos/{owner}/{repo}', {}))
      expect(await failure(github.write(SAY, comment))).toMatchObject({ kind: 'unreachable' })
    } finally {
      await server.back()
    }
  })

  test('a token that is wrong, an issue that is deleted, one that was transferred', async () => {
    const { github } = client()
    repo.open('wendy', { title: 'Deleted' })
    repo.open('wendy', { title: 'Transferred' })
    repo.remove(1)
    repo.transfer(2, 'acme/other')
    const read = (issue_number: number) =>
      github.read('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number })
    expect(await failure(read(1))).toMatchObject({ kind: 'missing', status: 410 })
    expect(await failure(read(2))).toMatchObject({ kind: 'moved' })
    expect(await failure(read(3))).toMatchObject({ kind: 'missing', status: 404 })
    token = 'github_pat_wrongwrongwrongwrongwrong'
    const error = await failure(client().github.read('GET /repos/{owner}/{repo}', {}))
    expect(error).toMatchObject({ kind: 'unauthorized' })
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause })).not.toContain(
      token,
    )
  })

  test('requests are made one at a time', async () => {
    const { github } = client()
    await Promise.all(Array.from({ length: 5 }, () => github.read('GET /repos/{owner}/{repo}', {})))
    expect(server.requests).toHaveLength(5)
    expect(server.mostAtOnce()).toBe(1)
  })
})

describe('who may write', () => {
  test.each([
    ['wendy', 'yes'],
    ['mona', 'yes'],
    ['acme', 'yes'],
    ['tom', 'no'],
    ['rita', 'no'],
    ['stranger', 'no'],
  ])('%s: %s', async (login, may) => {
    const { github } = client()
    expect(await mayWrite(github, server.account(login))).toBe(may)
  })

  test('is asked each time', async () => {
    const { github } = client()
    const wendy = server.account('wendy')
    expect(await mayWrite(github, wendy)).toBe('yes')
    repo.row.people.set('wendy', 'read')
    expect(await mayWrite(github, wendy)).toBe('no')
  })

  test('goes by the number of an account, not by its name', async () => {
    const { github } = client()
    expect(await mayWrite(github, { ...server.account('wendy'), id: 1 })).toBe('no')
    expect(await mayWrite(github, undefined)).toBe('no')
  })

  test('is not known where GitHub does not say', async () => {
    const { github } = client()
    server.faults.add(/permission/, { kind: 'status', code: 500 })
    await expect(mayWrite(github, server.account('wendy'))).rejects.toMatchObject({ kind: 'failed' })
    server.faults.add(/permission/, { kind: 'forbidden' })
    await expect(mayWrite(github, server.account('wendy'))).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/only an account with write access .* may/),
    })
  })
})
