import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../bot-api/listener.ts'
import { deploymentRoutes } from './deployment-routes.ts'
import { answerFaults, requestFaults } from './described.ts'
import { createFaults, type Faults, type Trouble } from './faults.ts'
import { gitOverHttp } from './git-http.ts'
import { issueRoutes } from './issue-routes.ts'
import { mergeRoutes } from './merge-routes.ts'
import { accountRoutes, canPush, pullRoutes } from './pull-routes.ts'
import { type Answer, matcher, notFound, Refusal, type RouteEntry } from './router.ts'
import { signedDelivery } from './signed-delivery.ts'
import { type Account, addAccount, addRepo, newWorld, type RepoHands, type TokenRow, type World } from './world.ts'

/** A request as it arrived, with what was answered; 0 where nothing was. */
export interface Request {
  method: string
  path: string
  query: string
  body: Record<string, unknown>
  status: number
  /** A 304 does not count against the limit. */
  counted: boolean
}

/** A strict stand-in of GitHub on loopback: its REST API below `/api/v3`, and its repositories for git. */
export interface GitHubServer {
  apiUrl: string
  origin: string
  world: World
  requests: Request[]
  /** What went wrong in the stand-in itself, which nobody wanted. */
  failures: string[]
  /** Paths that git asked for. */
  gitRequests: string[]
  faults: Faults
  account: (login: string, type?: Account['type']) => Account
  /** A token of an account; without permissions it may do whatever the account may. */
  token: (login: string, permissions?: string[]) => string
  repo: (name: string, given?: Parameters<typeof addRepo>[2]) => RepoHands
  /** Files beside the API, by their path: what they hold, or where they send. */
  files: Map<string, { body?: Buffer | string; to?: string }>
  /** Who asked for them: `GET /file token`. */
  fileRequests: string[]
  /** So many requests were under way at once, at most. */
  mostAtOnce: () => number
  /** Requests that wrote something, as `POST /repos/acme/app/issues/1/comments`. */
  writes: () => string[]
  /** A delivery of a webhook, signed as GitHub does. */
  delivery: (
    event: string,
    payload: unknown,
    secret: string,
    id?: string,
  ) => { body: string; headers: Record<string, string> }
  away: () => Promise<void>
  back: () => Promise<void>
  close: () => Promise<void>
}

const PER_HOUR = 5_000
/** As GitHub calls them in its answers, where routes here call them otherwise. */
const PERMISSIONS: Record<string, string> = { pulls: 'pull_requests' }

/** Starts it; `more`: routes beside those that are here. */
export async function startGitHub(more: RouteEntry[] = []): Promise<GitHubServer> {
  const gitRoot = mkdtempSync(join(tmpdir(), 'baton-github-'))
  const world = newWorld(gitRoot)
  const faults = createFaults()
  const requests: Request[] = []
  const failures: string[] = []
  const files: GitHubServer['files'] = new Map()
  const fileRequests: string[] = []
  const gitRequests: string[] = []
  const routes = [...more, ...accountRoutes, ...issueRoutes, ...pullRoutes, ...mergeRoutes, ...deploymentRoutes].map(
    (entry) => ({
      ...entry,
      ...matcher(entry.route),
    }),
  )

  const atOnce = { now: 0, most: 0 }
  const listener = await listen((request, response) => {
    atOnce.most = Math.max(atOnce.most, ++atOnce.now)
    // One that is kept alive may be closed just as the next request is on its way.
    response.shouldKeepAlive = false
    response.on('close', () => atOnce.now--)
    void handle(request, response).catch((error) => {
      failures.push(`${request.method} ${request.url}: ${error}`)
      response.writeHead(500).end(String(error))
    })
  })
  world.origin = `http://127.0.0.1:${listener.port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.origin)
    if (/^\/[^/]+\/[^/]+\.git\//.test(url.pathname)) return serveGit(request, response, url)
    const file = files.get(url.pathname)
    if (file) {
      fileRequests.push(`${url.pathname} ${request.headers.authorization ?? ''}`.trim())
      return void response
        .writeHead(file.to === undefined ? 200 : 302, file.to ? { location: file.to } : {})
        .end(file.body)
    }
    const path = url.pathname.replace(/^\/api\/v3/, '')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks).toString('utf8')
    const entry: Request = {
      ...{ method: request.method ?? 'GET', path, query: url.search, body: {}, status: 0, counted: true },
    }
    requests.push(entry)
    // Also of one that is lost on its way: whoever sent it does not know that.
    entry.body = asWritten(raw)
    const trouble = faults.next(`${entry.method} ${path}`)
    const isBefore = trouble !== undefined && !('when' in trouble && trouble.when === 'after')
    if (trouble?.kind === 'reset' && isBefore) return void request.socket.destroy()
    let answer: Answer
    let refused: Refusal | undefined
    try {
      if (isBefore) throw refusalOf(trouble)
      entry.body = parsed(request, raw)
      answer = await answerTo(request, entry, url)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused = error
      answer = {
        status: error.status,
        data: {
          message: error.message,
          ...(error.errors && { errors: error.errors }),
          documentation_url: 'https://docs.github.com/rest',
          status: String(error.status),
        },
      }
    }
    if (trouble?.kind === 'reset') return void request.socket.destroy()
    if (trouble?.kind === 'status' && !isBefore) answer = { status: trouble.code, data: { message: 'Server Error' } }
    send(request, response, { url, entry, answer, trouble, refused })
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    given: { url: URL; entry: Request; answer: Answer; trouble: Trouble | undefined; refused: Refusal | undefined },
  ): void {
    const { url, entry, answer, trouble, refused } = given
    const status = answer.status ?? 200
    entry.status = status
    const headers: Record<string, string> = {
      'x-ratelimit-limit': String(PER_HOUR),
      'x-ratelimit-remaining': String(PER_HOUR - requests.filter(({ counted }) => counted).length),
      'x-ratelimit-reset': String(Math.floor(world.now() / 1_000) + 3_600),
    }
    Object.assign(headers, refused?.headers)
    if (trouble?.kind === 'secondary' && trouble.retryAfterS !== undefined)
      headers['retry-after'] = String(trouble.retryAfterS)
    if (trouble?.kind === 'primary') {
      headers['x-ratelimit-remaining'] = '0'
      headers['x-ratelimit-reset'] = String(trouble.resetAt)
    }
    if (status === 302) headers.location = (refused as Refusal).message
    if (status === 301) {
      headers.location = (refused as Refusal).message
      answer.data = { message: 'Moved Permanently', url: headers.location }
    }
    let data = answer.data
    if (answer.isList) {
      const { page, link } = paged(data as unknown[], url)
      data = page
      if (link !== undefined) headers.link = link
    }
    const text = answer.text ?? (data === undefined ? '' : JSON.stringify(data))
    headers['content-type'] =
      answer.text === undefined ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8'
    if (request.method === 'GET' && status === 200) {
      // Nobody promises that it changes with what GitHub works out by itself, so it does not.
      const said = text.replace(/"mergeable(?:_state)?":[^,}]*/g, '')
      headers.etag = `W/"${createHash('sha256').update(`${request.headers.authorization} ${said}`).digest('hex')}"`
      if (request.headers['if-none-match'] === headers.etag) {
        entry.status = 304
        entry.counted = false
        return void response.writeHead(304, headers).end()
      }
    }
    response.writeHead(status, headers).end(status === 204 ? undefined : text)
  }

  async function answerTo(request: IncomingMessage, entry: Request, url: URL): Promise<Answer> {
    if (!request.headers['user-agent']) throw new Refusal(403, 'Request forbidden by administrative rules.')
    const token = tokenOf(request)
    const found = routes
      .filter(({ method }) => method === entry.method)
      .map((route) => ({ route, params: route.match(entry.path) }))
      .find(({ params }) => params !== undefined)
    if (!found) throw notFound()
    const { route, params = {} } = found
    for (const name of url.searchParams.keys())
      if (!['per_page', 'page', ...(route.query ?? [])].includes(name)) throw new Refusal(422, `unknown query ${name}`)
    const { account, permissions } = token
    const repo = world.repos.get(`${params.owner}/${params.repo}`.toLowerCase())
    if (route.route.includes('{repo}')) {
      if (!repo || (repo.private && !repo.people.has(account.login))) throw notFound()
      const [what = '', how = ''] = (route.needs ?? '').split(':')
      const isGranted =
        permissions === 'all' ||
        route.needs === undefined ||
        permissions.has(route.needs) ||
        (how === 'read' && permissions.has(`${what}:write`))
      if (!isGranted)
        throw new Refusal(403, 'Resource not accessible by personal access token', undefined, {
          'x-accepted-github-permissions': `${PERMISSIONS[what] ?? what}=${how}`,
        })
      const isComment = /\/issues\/\d+\/comments$/.test(entry.path)
      if (how === 'write' && !isComment && !canPush(repo.people.get(account.login)))
        throw new Refusal(403, 'Must have push access to repository')
    }
    const wrong = requestFaults(route.route, { query: url.searchParams.keys(), body: entry.body })
    if (wrong.length > 0) throw new Refusal(422, `GitHub's description says otherwise: ${wrong.join('; ')}`)
    const answer = await route.answer({
      world,
      repo: repo as never,
      by: account,
      params,
      query: url.searchParams,
      body: entry.body,
    })
    const faults = answerFaults(route.route, { status: answer.status ?? 200, data: answer.data })
    if (faults.length > 0)
      throw new Error(`The stand-in answers ${route.route} as GitHub does not: ${faults.join('; ')}`)
    return answer
  }

  function tokenOf(request: IncomingMessage): TokenRow {
    const [, value = ''] = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '') ?? []
    const token = world.tokens.get(value)
    if (!token) throw new Refusal(401, value === '' ? 'Requires authentication' : 'Bad credentials')
    return token
  }

  function serveGit(request: IncomingMessage, response: ServerResponse, url: URL): void {
    gitRequests.push(`${url.pathname}${url.search}`)
    const [, name = ''] = /^\/([^/]+\/[^/]+)\.git\//.exec(url.pathname) ?? []
    const repo = world.repos.get(name.toLowerCase())
    const basic = Buffer.from(String(request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString()
    const token = world.tokens.get(basic.slice(basic.indexOf(':') + 1))
    const isPush = url.search.includes('git-receive-pack') || url.pathname.endsWith('git-receive-pack')
    const contents = token && (token.permissions === 'all' || token.permissions.has('contents:write'))
    if (!token) return void response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end()
    // Looking makes it.
    if (!repo?.gitDir) return void response.writeHead(404).end()
    if (isPush && (!contents || !canPush(repo.people.get(token.account.login))))
      return void response.writeHead(403).end()
    gitOverHttp(gitRoot, request, response, token.account.login)
  }

  return {
    apiUrl: `${world.origin}/api/v3`,
    origin: world.origin,
    world,
    requests,
    failures,
    gitRequests,
    faults,
    files,
    fileRequests,
    account: (login, type) => addAccount(world, login, type),
    token(login, permissions) {
      const token = `github_pat_${randomUUID().replaceAll('-', '')}`
      world.tokens.set(token, {
        account: addAccount(world, login),
        permissions: permissions ? new Set(permissions) : 'all',
      })
      return token
    },
    repo: (name, given = {}) => addRepo(world, name, given),
    mostAtOnce: () => atOnce.most,
    writes: () =>
      requests
        .filter(({ method, status }) => method !== 'GET' && status < 300)
        .map(({ method, path }) => `${method} ${path}`),
    delivery: signedDelivery,
    away: listener.away,
    back: listener.back,
    async close() {
      await listener.away().catch(() => undefined)
      rmSync(gitRoot, { recursive: true, force: true })
    },
  }
}

function refusalOf(trouble: Trouble): Refusal {
  switch (trouble.kind) {
    case 'secondary':
      return new Refusal(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      )
    case 'primary':
      return new Refusal(403, 'API rate limit exceeded for user ID 1.')
    case 'forbidden':
      return new Refusal(403, 'Resource not accessible by personal access token')
    case 'status':
      return new Refusal(trouble.code, trouble.code >= 500 ? 'Server Error' : 'Refused')
    case 'reset':
      return new Refusal(500, 'reset')
  }
}

function asWritten(raw: string): Record<string, unknown> {
  try {
    return JSON.parse(raw) as Record<string, unknown>
  } catch {
    return {}
  }
}

function parsed(request: IncomingMessage, raw: string): Record<string, unknown> {
  if (raw === '') return {}
  if (!/^application\/json/.test(String(request.headers['content-type'])))
    throw new Refusal(415, 'Unsupported Media Type')
  try {
    return JSON.parse(raw) as Record<string, unknown>
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}

function paged(all: unknown[], url: URL): { page: unknown[]; link?: string } {
  const perPage = Number(url.searchParams.get('per_page') ?? 30)
  const number = Number(url.searchParams.get('page') ?? 1)
  if (perPage > 100) throw new Refusal(422, 'per_page is at most 100')
  const page = all.slice((number - 1) * perPage, number * perPage)
  if (number * perPage >= all.length) return { page }
  const next = new URL(url)
  next.searchParams.set('page', String(number + 1))
  return { page, link: `<${next.href}>; rel="next"` }
}
