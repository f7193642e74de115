import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isDescribed } from '../support/github/described.ts'
import { issueRoutes } from '../support/github/issue-routes.ts'
import {
  checksOf,
  jobsOf,
  mergeRoutes,
  pullHands,
  rulesOf,
  runsOf,
  statusesOf,
} from '../support/github/merge-routes.ts'
import { accountRoutes, pullRoutes } from '../support/github/pull-routes.ts'
import { matcher } from '../support/github/router.ts'
import { type GitHubServer, startGitHub } from '../support/github/server.ts'

const ROUTES = [...accountRoutes, ...issueRoutes, ...pullRoutes, ...mergeRoutes].map(({ route }) => route)

let server: GitHubServer
beforeEach(async () => {
  server = await startGitHub([{ route: 'GET /wrong', answer: () => ({ data: {} }) }])
})
afterEach(() => server.close())

async function ask(request: string, body?: object): Promise<{ status: number; text: string; data: never }> {
  const [method = '', path = ''] = request.split(' ')
  const token = server.token('baton-bot')
  const response = await fetch(`${server.apiUrl}${path.replace('REPO', '/repos/acme/app')}`, {
    ...{ method, redirect: 'manual', body: body === undefined ? null : JSON.stringify(body) },
    headers: {
      ...{ authorization: `Bearer ${token}`, 'user-agent': 'test' },
      ...(body && { 'content-type': 'application/json' }),
    },
  })
  const text = await response.text()
  return {
    status: response.status,
    text,
    data: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined) as never,
  }
}

describe('the stand-in', () => {
  test('serves routes that GitHub describes (else: scripts/github-schemas.ts)', () => {
    expect(ROUTES.filter((route) => !isDescribed(route))).toEqual([])
  })

  test('answers each of its routes as GitHub describes it', async () => {
    const repo = server.repo('acme/app', { people: { wendy: 'write', 'baton-bot': 'admin' } })
    const hands = pullHands(server.world, repo.row)
    repo.open('wendy', { title: 'A', body: 'x', labels: ['ready'] })
    repo.open('wendy', { title: 'B' }).blockedBy.push(1)
    const { id: comment } = repo.comment(1, 'wendy', 'hello')
    hands.push('other', { 'b.txt': 'x\n' })
    const { number: pull } = hands.open('wendy', { branch: 'other' })
    hands.open('wendy', { branch: 'theirs', fork: hands.pushElsewhere({ 'f.txt': 'x\n' }) })
    hands.push('third', { 'c.txt': 'x\n' })
    const sha = repo.tip('other') as string
    statusesOf(repo.row).push({ sha, context: 'ci', state: 'success' })
    const run = { sha, name: 'unit', status: 'completed', conclusion: 'failure', summary: 'words' } as const
    checksOf(repo.row).push({ ...run, id: 5 }, { ...run, id: 7, status: 'queued', conclusion: null } as never)
    runsOf(repo.row).push({ ...run, id: 6 })
    jobsOf(repo.row).push({ id: 51, run: 6, name: 'unit', conclusion: 'failure', log: `${server.origin}/logs/5` })
    rulesOf(repo.row).push({ type: 'required_status_checks', contexts: ['ci'] }, { type: 'merge_queue' })
    const { data: mine } = await ask('POST REPO/issues/2/comments', { body: 'mine' })
    const review = {
      ...{ commit_id: sha, event: 'COMMENT', body: 'b' },
      comments: [{ path: 'b.txt', line: 1, side: 'RIGHT', body: 'x' }],
    }
    const made = await ask(`POST REPO/pulls/${pull}/reviews`, review)
    const requests: [string, object?][] = [
      ['GET /user'],
      ['GET REPO'],
      ['GET REPO/branches'],
      ['GET REPO/branches/main'],
      ['GET REPO/collaborators/wendy/permission'],
      ['GET REPO/issues'],
      ['GET REPO/issues/1'],
      ['GET REPO/issues/comments'],
      [`GET REPO/issues/comments/${comment}`],
      ['GET REPO/issues/1/comments'],
      ['GET REPO/issues/2/dependencies/blocked_by'],
      ['POST REPO/issues/1/reactions', { content: 'eyes' }],
      ['POST REPO/issues/1/reactions', { content: 'eyes' }],
      ['GET REPO/issues/1/reactions'],
      [`POST REPO/issues/comments/${comment}/reactions`, { content: 'eyes' }],
      [`PATCH REPO/issues/comments/${(mine as { id: number }).id}`, { body: 'edited' }],
      ['POST REPO/issues/1/labels', { labels: ['ready', 'more'] }],
      ['DELETE REPO/issues/1/labels/more'],
      ['PATCH REPO/issues/1', { state: 'closed' }],
      ['GET REPO/issues/1/events'],
      ['GET REPO/pulls'],
      [`GET REPO/pulls/${pull}`],
      [`GET REPO/pulls/${pull}/commits`],
      [`GET REPO/pulls/${pull}/reviews`],
      [`GET REPO/pulls/${pull}/reviews/${(made.data as { id: number }).id}/comments`],
      [`GET REPO/commits/${sha}/status`],
      [`GET REPO/commits/${sha}/check-runs`],
      [`GET REPO/actions/runs?head_sha=${sha}`],
      ['GET REPO/actions/runs/6/jobs'],
      ['GET REPO/actions/jobs/51/logs'],
      ['GET REPO/rules/branches/main'],
      ['POST REPO/pulls', { title: 't', head: 'third', base: 'main', body: 'x' }],
      [`PATCH REPO/pulls/${pull}`, { body: 'y' }],
      [`PUT REPO/pulls/${pull}/merge`, { sha, merge_method: 'squash' }],
      [`GET REPO/pulls/${pull}`],
      [`GET REPO/issues/${pull}/events`],
      ['DELETE REPO/git/refs/heads/other'],
      ['POST REPO/git/refs', { ref: 'refs/heads/new', sha }],
      ['POST REPO/issues', { title: 'C' }],
      ['GET REPO/issues?state=all'],
    ]
    const wrong: string[] = []
    for (const [request, body] of requests) {
      const { status, text } = await ask(request, body)
      if (status >= 400) wrong.push(`${request}: ${text}`)
    }
    expect(wrong).toEqual([])
    const asked = server.requests.map(({ method, path }) => ({ method, path }))
    const isAsked = (route: string) => {
      const { method, match } = matcher(route)
      return asked.some((one) => one.method === method && match(one.path) !== undefined)
    }
    expect(ROUTES.filter((route) => !isAsked(route))).toEqual([])
  })

  test('does not answer otherwise, and takes nothing that GitHub does not describe', async () => {
    server.repo('acme/app', { people: { 'baton-bot': 'admin' } }).open('baton-bot', { title: 'A' })
    expect((await ask('GET /wrong')).text).toContain('GET /wrong never answers 200')
    expect(await ask('POST REPO/issues/1/reactions', { content: 'clap' })).toMatchObject({
      status: 422,
      text: expect.stringContaining("GitHub's description says otherwise: content: "),
    })
  })
})
