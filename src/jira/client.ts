import type { z } from 'zod'
import { networkCause, wasNeverSent } from '../network-errors.ts'
import { JiraError } from './errors.ts'
import * as shapes from './shapes.ts'

/** How a site of Jira Cloud is reached: an account's address and its API token. */
export interface JiraAccess {
  /** `https://acme.atlassian.net` */
  url: string
  email: string
  token: string
}

/** The routes that are used, one call each; nothing is repeated, and every failure is a JiraError. */
export interface Jira {
  /** The account of the token. Asked once. */
  self: () => Promise<shapes.JiraAccount>
  project: (key: string) => Promise<{ key: string; name: string }>
  /** Which of these the account may do in a project. */
  permissions: (project: string, names: readonly string[]) => Promise<ReadonlyMap<string, boolean>>
  /**
   * Issues that a query finds, in its order, at most `most`. `just`: ids of issues that were just written to, since the search
   * learns of a change only after a while.
   */
  search: (
    jql: string,
    given: { most: number; just?: readonly string[] },
  ) => Promise<{ id: string; key: string; updated: string }[]>
  /** By key or id; the id stays when an issue is moved to another project. */
  issue: (key: string) => Promise<shapes.JiraIssue>
  changes: (key: string) => Promise<shapes.JiraChange[]>
  comments: (key: string) => Promise<{ id: string; author?: shapes.JiraAccount | null | undefined; body: unknown }[]>
  /** Not safe to repeat. */
  addComment: (key: string, body: object) => Promise<{ id: string }>
  editComment: (key: string, id: string, body: object) => Promise<void>
  /** What may be done in the state it is in now. */
  transitions: (key: string) => Promise<shapes.JiraTransition[]>
  transition: (key: string, id: string) => Promise<void>
  setProperty: (key: string, name: string, value: unknown) => Promise<void>
  /** A link from the issue; the same `globalId` again changes it. */
  link: (key: string, link: { globalId: string; url: string; title: string }) => Promise<void>
  /** Until when Jira wants no request of any kind; epoch milliseconds, 0: now is fine. */
  heldUntil: () => number
}

const TIMEOUT_MS = 20_000
const DEFAULT_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000
const PAGE = 100
const FIELDS = 'summary,description,status,reporter,labels,updated'

interface Call<T> {
  method?: 'GET' | 'POST' | 'PUT'
  body?: unknown
  shape?: z.ZodType<T>
}

export function openJira({ url, email, token }: JiraAccess, { now }: { now: () => number }): Jira {
  const root = `${url.replace(/\/+$/, '')}/rest/api/3`
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`
  let held = 0
  /** Jira asks for patience with writes to one issue alone. */
  const heldIssues = new Map<string, number>()
  let self: Promise<shapes.JiraAccount> | undefined

  async function call<T>(path: string, { method = 'GET', body, shape }: Call<T> = {}): Promise<T> {
    const isRead = method === 'GET' || path.startsWith('/search')
    const issue = isRead ? undefined : /^\/issue\/([^/]+)/.exec(path)?.[1]
    const what = `${method} ${path.split('?')[0]}`
    const until = Math.max(held, (issue !== undefined && heldIssues.get(issue)) || 0)
    if (until > now()) throw limited(what, until)
    let answer: Response
    let text: string
    try {
      answer = await fetch(`${root}${path}`, {
        method,
        headers: {
          authorization,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // The token goes to this address and no other.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      text = await answer.text()
    } catch (cause) {
      const kind = isRead || wasNeverSent(cause) ? 'unreachable' : 'lost'
      throw new JiraError(kind, `Jira did not answer ${what}: ${networkCause(cause)}`, { cause })
    }
    if (answer.status === 429) {
      const until = now() + waitOf(answer, now())
      if (issue !== undefined && answer.headers.get('ratelimit-reason') === 'jira-per-issue-on-write')
        heldIssues.set(issue, until)
      else held = until
      throw limited(what, until)
    }
    if (!answer.ok) throw troubleOf(answer.status, what, text, isRead)
    if (!shape) return undefined as T
    const read = shape.safeParse(parsed(text))
    if (!read.success) {
      const [issue] = read.error.issues
      const where = issue ? `: ${issue.path.join('.') || 'it'} ${issue.message.toLowerCase()}` : ''
      throw new JiraError(isRead ? 'failed' : 'lost', `Jira's answer to ${what} was not understood${where}`)
    }
    return read.data
  }

  const at = (key: string) => `/issue/${encodeURIComponent(key)}`

  /** All pages of a list that is counted from a start. */
  async function pages<P extends { startAt: number; total: number }, T>(
    path: string,
    shape: z.ZodType<P>,
    of: (page: P) => T[],
  ): Promise<T[]> {
    const all: T[] = []
    for (;;) {
      const joined = path.includes('?') ? '&' : '?'
      const page = await call(`${path}${joined}startAt=${all.length}&maxResults=${PAGE}`, { shape })
      const items = of(page)
      all.push(...items)
      if (items.length === 0 || all.length >= page.total) return all
    }
  }

  return {
    self() {
      self ??= call('/myself', { shape: shapes.account }).catch((error) => {
        self = undefined
        throw error
      })
      return self
    },
    project: (key) => call(`/project/${encodeURIComponent(key)}`, { shape: shapes.namedProject }),
    async permissions(project, names) {
      const asked = `projectKey=${encodeURIComponent(project)}&permissions=${names.join(',')}`
      const { permissions } = await call(`/mypermissions?${asked}`, { shape: shapes.permissions })
      return new Map(names.map((name) => [name, permissions[name]?.havePermission === true]))
    },
    async search(jql, { most, just = [] }) {
      const all: { id: string; key: string; updated: string }[] = []
      let nextPageToken: string | undefined
      do {
        const body = {
          jql,
          // Without names of fields only ids come.
          fields: ['updated'],
          maxResults: Math.min(PAGE, most - all.length),
          ...(nextPageToken !== undefined && { nextPageToken }),
          ...(just.length > 0 && { reconcileIssues: just.slice(0, 50).map(Number) }),
        }
        const page = await call('/search/jql', { method: 'POST', body, shape: shapes.found })
        all.push(...page.issues.map(({ id, key, fields }) => ({ id, key, updated: fields.updated })))
        nextPageToken = page.nextPageToken ?? undefined
      } while (nextPageToken !== undefined && all.length < most)
      return all
    },
    issue: (key) => call(`${at(key)}?fields=${FIELDS}`, { shape: shapes.issue }),
    changes: (key) => pages(`${at(key)}/changelog`, shapes.changelog, ({ values }) => values),
    comments: (key) => pages(`${at(key)}/comment?orderBy=created`, shapes.comments, ({ comments }) => comments),
    addComment: (key, body) => call(`${at(key)}/comment`, { method: 'POST', body: { body }, shape: shapes.comment }),
    editComment: (key, id, body) => call(`${at(key)}/comment/${id}`, { method: 'PUT', body: { body } }),
    transitions: async (key) =>
      (await call(`${at(key)}/transitions`, { shape: shapes.transitions })).transitions.filter(
        ({ isAvailable }) => isAvailable,
      ),
    transition: (key, id) => call(`${at(key)}/transitions`, { method: 'POST', body: { transition: { id } } }),
    setProperty: (key, name, value) => call(`${at(key)}/properties/${name}`, { method: 'PUT', body: value }),
    link: (key, { globalId, url, title }) =>
      call(`${at(key)}/remotelink`, { method: 'POST', body: { globalId, object: { url, title } } }),
    heldUntil: () => held,
  }
}

const limited = (what: string, retryAt: number): JiraError =>
  new JiraError('limited', `Jira's limit of requests is reached (${what}).`, { retryAt })

/** Milliseconds; `Retry-After` is in seconds or a date. */
function waitOf(answer: Response, now: number): number {
  const written = answer.headers.get('retry-after') ?? ''
  const seconds = Number(written)
  const waitMs = written !== '' && Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(written) - now
  return Math.min(LONGEST_WAIT_MS, Number.isFinite(waitMs) ? Math.max(1_000, waitMs) : DEFAULT_WAIT_MS)
}

function troubleOf(status: number, what: string, text: string, isRead: boolean): JiraError {
  const said = `Jira answered ${what} with ${status}${wordsOf(text)}`
  if (status >= 300 && status < 400)
    return new JiraError('failed', `${said}: JIRA_URL is not the address of a site. Expected https://….atlassian.net.`)
  if (status >= 500) return new JiraError(isRead ? 'failed' : 'lost', said)
  if (status === 401) return new JiraError('unauthorized', `${said}: JIRA_EMAIL or JIRA_TOKEN in .env is wrong.`)
  if (status === 403) return new JiraError('forbidden', said)
  return new JiraError(status === 404 || status === 410 ? 'missing' : 'refused', said)
}

/** What Jira says in words: a list, or by field. */
function wordsOf(text: string): string {
  const body = parsed(text) as { errorMessages?: unknown; errors?: unknown } | undefined
  const messages = Array.isArray(body?.errorMessages) ? body.errorMessages : []
  const fields = body?.errors && typeof body.errors === 'object' ? Object.entries(body.errors) : []
  const words = [...messages.map(String), ...fields.map(([field, why]) => `${field}: ${String(why)}`)].join('; ')
  return words === '' ? '' : `: ${words.slice(0, 500)}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
