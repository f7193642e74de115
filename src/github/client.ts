import { createHash } from 'node:crypto'
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { throttling } from '@octokit/plugin-throttling'
import type { Endpoints } from '@octokit/types'
import { GitHubError } from './errors.ts'
import type { GitHubState } from './state.ts'
import { gitHubTrouble, isNotModified } from './trouble.ts'

type Route = keyof Endpoints
type ReadRoute = Extract<Route, `GET ${string}`>
type WriteRoute = Exclude<Route, ReadRoute>
/** Routes that give a list. */
type ListRoute = { [R in ReadRoute]: Data<R> extends readonly unknown[] ? R : never }[ReadRoute]
type Data<R extends Route> = Endpoints[R]['response']['data']
type Item<R extends ListRoute> = Data<R> extends readonly (infer T)[] ? T : never
/** Owner and repository are those of the configuration. */
type Given<R extends Route> = Omit<Endpoints[R]['parameters'], 'owner' | 'repo'>

/** What a client is opened with. */
export interface GitHubOptions {
  /** `owner/name`. */
  repo: string
  token: string
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  apiUrl: string
  version: string
  state: Pick<GitHubState, 'etags'>
  now: () => number
  /** False only where nobody minds: writes come as fast as they can. */
  spaced?: boolean
}

type Read = <R extends ReadRoute>(route: R, given: Given<R>) => Promise<Data<R>>
type ReadAll = <R extends ListRoute>(route: R, given: Given<R>) => Promise<Item<R>[]>

/** One repository of GitHub: reads, polls that are free while nothing changes, and writes; one request at a time. */
export interface GitHub {
  owner: string
  repo: string
  apiUrl: string
  /** The account that the token belongs to. */
  self: () => Promise<{ id: number; login: string }>
  read: Read
  /** Every page. */
  all: ReadAll
  /** The same two for what is looked at again and again: asked now as well, and free while it is as it was. */
  again: { read: Read; all: ReadAll }
  /**
   * A list, unless it is as it was when `keep` was called last: then undefined, at no cost. `keep` is for when everything that
   * came is stored, so that a kill before it brings the same again.
   */
  poll: <R extends ListRoute>(route: R, given: Given<R>) => Promise<Polled<Item<R>> | undefined>
  /** The same for a single thing; who looks at it for another reason names it, since each keeps on its own. */
  look: <R extends ReadRoute>(
    route: R,
    given: Given<R>,
    reason?: string,
  ) => Promise<{ data: Data<R>; keep: () => void } | undefined>
  /** Where a route sends whoever asks it; undefined where it sends nobody anywhere. No request goes there. */
  whereTo: <R extends ReadRoute>(route: R, given: Given<R>) => Promise<string | undefined>
  /** Never repeated here: see `once`. `before`: comes first when it is its turn, and keeps it from being sent where it throws. */
  write: <R extends WriteRoute>(route: R, given: Given<R>, before?: () => Promise<void>) => Promise<Data<R>>
  /** Requests so far that counted against the limit, and those that did not. */
  counts: () => { counted: number; free: number }
  /** No request is sent before. */
  heldUntil: () => number
}

/** What a poll gave. */
export interface Polled<T> {
  items: T[]
  keep: () => void
}

const TIMEOUT_MS = 30_000
const PER_PAGE = 100
/** Answers kept for being asked again; a pull request whose checks run needs five. */
const MOST_LATELY = 200
/** A permission that is given meanwhile is seen after that. */
const FORBIDDEN_MS = 600_000

/** Opens a repository; nothing is sent yet. */
export function openGitHub(options: GitHubOptions): GitHub {
  const { token, apiUrl, state, now, version } = options
  const [owner = '', repo = ''] = options.repo.split('/')
  const spaced = options.spaced !== false
  const octokit = new (Octokit.plugin(paginateRest, throttling))({
    auth: token,
    baseUrl: apiUrl,
    userAgent: `baton/${version}`,
    // It is its own, and tells of every deprecated field.
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    throttle: { enabled: spaced, id: options.repo, onRateLimit: () => false, onSecondaryRateLimit: () => false },
  })
  // ETags belong to a token.
  const whose = createHash('sha256').update(token).digest('hex').slice(0, 12)
  const counts = { counted: 0, free: 0 }
  const limits = { until: 0, inARow: 0 }
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other, and none before the time that a limit names. */
  function send<T>(isWrite: boolean, request: () => Promise<T>, before?: () => Promise<void>): Promise<T> {
    const result = last.then(async () => {
      if (now() < limits.until)
        throw new GitHubError('limited', `GitHub's limit of requests is reached; waiting.`, { retryAt: limits.until })
      await before?.()
      try {
        counts.counted++
        const answer = await request()
        limits.inARow = 0
        return answer
      } catch (error) {
        if (isNotModified(error)) {
          counts.counted--
          counts.free++
          throw error
        }
        const trouble = gitHubTrouble(error, { isWrite, now: now(), limitsInARow: limits.inARow })
        if (trouble.kind === 'limited') {
          limits.inARow++
          limits.until = Math.max(limits.until, trouble.retryAt ?? 0)
        }
        throw trouble
      }
    })
    last = result.catch(() => undefined)
    return result
  }

  const parameters = (route: string, given: object, headers: Record<string, string> = {}) => ({
    ...given,
    // What a route does not name would become part of its query.
    ...(route.includes('{owner}') && { owner, repo }),
    headers: { 'x-github-api-version': '2022-11-28', ...headers },
    // An issue that was transferred must not be mistaken for the one it is elsewhere.
    request: { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) },
  })

  async function ask(route: Route, given: object, headers?: Record<string, string>) {
    const answer = await octokit.request(route as ReadRoute, parameters(route, given, headers) as never)
    const { status, headers: came, data } = answer as { status: number; headers: Record<string, string>; data: unknown }
    if (status >= 300) throw new GitHubError('moved', `${route.split(' ')[1]} has been moved or renamed.`, { status })
    return { headers: came, data }
  }

  /** What a route gives, unless it is as it was when `keep` was called last. */
  async function changed(route: Route, given: object, reason = '') {
    const key = `${whose} ${reason} ${keyOf(route, given)}`
    const etag = state.etags.get(key)
    try {
      const { headers, data } = await send(false, () =>
        ask(route, given, etag === undefined ? {} : { 'if-none-match': etag }),
      )
      const keep = () => {
        if (headers.etag !== undefined) state.etags.set(key, headers.etag)
      }
      return { data, link: headers.link, keep }
    } catch (error) {
      if (isNotModified(error)) return undefined
      throw error
    }
  }

  async function* pagesAfter(link: string | undefined): AsyncGenerator<unknown[]> {
    let next = nextPage(link, apiUrl)
    while (next !== undefined) {
      const url = next
      const { headers, data } = await send(false, () => ask(`GET ${url}` as Route, {}))
      yield data as unknown[]
      next = nextPage(headers.link, apiUrl)
    }
  }

  const rest = async (link: string | undefined): Promise<unknown[]> => {
    const items: unknown[] = []
    for await (const page of pagesAfter(link)) items.push(...page)
    return items
  }

  /** What came last for a request, with its ETag. In memory alone: after a restart it is asked for once more. */
  const lately = new Map<string, { etag: string; came: Awaited<ReturnType<typeof ask>> }>()
  /** Routes that the token may not ask: a refusal counts as any other answer does. */
  const forbidden = new Map<string, { until: number; error: GitHubError }>()

  async function askAgain(route: Route, given: object): Promise<Awaited<ReturnType<typeof ask>>> {
    const refusal = forbidden.get(route)
    if (refusal && now() < refusal.until) throw refusal.error
    const key = keyOf(route, given)
    const last = lately.get(key)
    try {
      const came = await send(false, () => ask(route, given, last ? { 'if-none-match': last.etag } : {}))
      lately.delete(key)
      // A full page stays as it is while another one comes behind it.
      const { per_page: most = PER_PAGE } = given as { per_page?: number }
      const isFull = Array.isArray(came.data) && came.data.length >= most
      if (came.headers.etag !== undefined && !isFull) lately.set(key, { etag: came.headers.etag, came })
      for (const oldest of [...lately.keys()].slice(0, Math.max(0, lately.size - MOST_LATELY))) lately.delete(oldest)
      return came
    } catch (error) {
      if (last && isNotModified(error)) return last.came
      if (error instanceof GitHubError && error.kind === 'forbidden')
        forbidden.set(route, { until: now() + FORBIDDEN_MS, error })
      throw error
    }
  }

  let known: Promise<{ id: number; login: string }> | undefined

  return {
    owner,
    repo,
    apiUrl,
    self() {
      known ??= send(false, () => ask('GET /user', {})).then(({ data }) => {
        const { id, login } = data as { id: number; login: string }
        return { id, login }
      })
      known.catch(() => {
        known = undefined
      })
      return known
    },
    async read(route, given) {
      return (await send(false, () => ask(route, given))).data as never
    },
    async all(route, given) {
      const { headers, data } = await send(false, () => ask(route, { per_page: PER_PAGE, ...given }))
      return [...(data as unknown[]), ...(await rest(headers.link))] as never
    },
    again: {
      async read(route, given) {
        return (await askAgain(route, given)).data as never
      },
      async all(route, given) {
        const { headers, data } = await askAgain(route, { per_page: PER_PAGE, ...given })
        return [...(data as unknown[]), ...(await rest(headers.link))] as never
      },
    },
    async poll(route, given) {
      const came = await changed(route, { per_page: PER_PAGE, ...given })
      if (!came) return undefined
      return { items: [...(came.data as never[]), ...((await rest(came.link)) as never[])], keep: came.keep }
    },
    async look(route, given, reason) {
      const came = await changed(route, given, reason)
      return came && { data: came.data as never, keep: came.keep }
    },
    async whereTo(route, given) {
      const request = parameters(route, given) as never
      const { headers } = await send<{ headers: object }>(false, async () =>
        octokit.request(route as ReadRoute, request),
      )
      return (headers as { location?: string }).location
    },
    async write(route, given, before) {
      return (await send(true, () => ask(route, given), before)).data as never
    },
    counts: () => ({ ...counts }),
    heldUntil: () => limits.until,
  }
}

const keyOf = (route: string, given: object): string =>
  `${route} ${JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)))}`

/** The address of the next page; never on another server, which would get the token. */
function nextPage(link: string | undefined, apiUrl: string): string | undefined {
  const found = /<([^<>]+)>;\s*rel="next"/.exec(link ?? '')?.[1]
  return found !== undefined && new URL(found).origin === new URL(apiUrl).origin ? found : undefined
}
