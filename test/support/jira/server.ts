import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { adfProblem } from './adf-rules.ts'
import { BOT, JiraWorld, type Ticket } from './world.ts'

/** What goes wrong with the next requests whose `METHOD /path` matches. */
interface Fault {
  on: RegExp
  times: number
  /** `lost`: it is done, and never answered. */
  kind: 'lost' | 'down' | 'limited' | 'limited-issue' | 'forbidden' | 'html'
}

export interface JiraServer {
  url: string
  world: JiraWorld
  login: { url: string; email: string; token: string }
  /** `METHOD /path`, oldest first. */
  requests: string[]
  fail: (kind: Fault['kind'], on: RegExp, times?: number) => void
  clear: () => void
  close: () => Promise<void>
}

class Refusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** A strict stand-in of Jira Cloud's REST API v3: what it does not know it refuses as Jira does. */
export async function startJira(): Promise<JiraServer> {
  const world = new JiraWorld()
  const faults: Fault[] = []
  const requests: string[] = []
  const email = 'baton@example.org'
  const token = 'ATATT3x-token-of-the-stand-in'
  const expected = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const what = `${request.method} ${request.url}`
    requests.push(what)
    const fault = faults.find(({ on, times }) => times > 0 && on.test(what))
    if (fault) fault.times--
    try {
      if (fault?.kind === 'html') return void html(response)
      if (fault) refuse(fault.kind)
      if (request.headers.authorization !== expected)
        throw new Refusal(401, 'Client must be authenticated to access this resource.')
      const result = route(world, request, Buffer.concat(chunks).toString('utf8'))
      if (fault?.kind === 'lost') return void response.destroy()
      send(
        response,
        result === undefined ? 204 : request.method === 'POST' && isMaking(request.url) ? 201 : 200,
        result,
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      send(response, error.status, { errorMessages: [error.message], errors: {} }, error.headers)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ url, world, requests, login: { url, email, token } },
    fail: (kind, on, times = 1) => void faults.push({ kind, on, times }),
    clear: () => void faults.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function refuse(kind: Exclude<Fault['kind'], 'html'>): void {
  if (kind === 'down') throw new Refusal(503, 'Jira is down for maintenance.')
  if (kind === 'forbidden') throw new Refusal(403, 'You do not have the permission to do this.')
  if (kind === 'limited')
    throw new Refusal(429, 'Rate limit exceeded.', { 'retry-after': '7', 'ratelimit-reason': 'jira-burst-based' })
  if (kind === 'limited-issue')
    throw new Refusal(429, 'Rate limit exceeded.', {
      'retry-after': '5',
      'ratelimit-reason': 'jira-per-issue-on-write',
    })
}

const isMaking = (url = '') => /\/comment$|\/remotelink$/.test(url)

const html = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<html>Log in</html>')
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function route(world: JiraWorld, request: IncomingMessage, text: string): unknown {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
  const path = pathname.replace(/^\/rest\/api\/3/, '')
  const is = (method: string, form: RegExp) => (request.method === method ? form.exec(path) : null)
  const body = () => {
    if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'Unsupported Media Type')
    return JSON.parse(text)
  }
  const ticket = (id = ''): Ticket => {
    const found = world.find(decodeURIComponent(id))
    if (!found) throw new Refusal(404, 'Issue does not exist or you do not have permission to see it.')
    return found
  }
  if (path === '/search')
    throw new Refusal(410, 'The requested API has been removed. Please migrate to /rest/api/3/search/jql.')
  if (is('GET', /^\/myself$/)) return BOT
  if (is('POST', /^\/search\/jql$/)) return search(world, body())
  if (is('GET', /^\/mypermissions$/)) {
    if (searchParams.get('projectKey') !== world.project.key) throw new Refusal(404, 'No project could be found.')
    const names = searchParams.get('permissions')?.split(',') ?? []
    return { permissions: Object.fromEntries(names.map((name) => [name, { havePermission: name !== 'ADMINISTER' }])) }
  }
  const project = is('GET', /^\/project\/([^/]+)$/)
  if (project) {
    if (project[1] !== world.project.key) throw new Refusal(404, `No project could be found with key '${project[1]}'.`)
    return world.project
  }
  const one = is('GET', /^\/issue\/([^/]+)$/)
  if (one) return shown(ticket(one[1]), searchParams.get('fields')?.split(',') ?? [])
  const log = is('GET', /^\/issue\/([^/]+)\/changelog$/)
  if (log) return page('values', ticket(log[1]).changes, searchParams)
  const said = is('GET', /^\/issue\/([^/]+)\/comment$/)
  if (said) return page('comments', ticket(said[1]).comments, searchParams)
  const saying = is('POST', /^\/issue\/([^/]+)\/comment$/)
  if (saying) return world.comment(ticket(saying[1]), BOT, document(body().body))
  const saidAgain = is('PUT', /^\/issue\/([^/]+)\/comment\/(\d+)$/)
  if (saidAgain) {
    const comment = ticket(saidAgain[1]).comments.find(({ id }) => id === saidAgain[2])
    if (!comment) throw new Refusal(404, 'Can not find a comment for the id.')
    if (comment.author !== BOT) throw new Refusal(403, 'You do not have the permission to edit this comment.')
    comment.body = document(body().body)
    return comment
  }
  const steps = is('GET', /^\/issue\/([^/]+)\/transitions$/)
  if (steps) return { transitions: world.stepsFrom(ticket(steps[1])).map((step) => ({ ...step, isAvailable: true })) }
  const moving = is('POST', /^\/issue\/([^/]+)\/transitions$/)
  if (moving) {
    const moved = ticket(moving[1])
    const step = world.stepsFrom(moved).find(({ id }) => id === body().transition?.id)
    if (!step) throw new Refusal(400, 'It is not on the appropriate step of the workflow.')
    world.change(moved, { status: step.to })
    return undefined
  }
  const property = is('PUT', /^\/issue\/([^/]+)\/properties\/([^/]+)$/)
  if (property) return void ticket(property[1]).properties.set(property[2] as string, body())
  const link = is('POST', /^\/issue\/([^/]+)\/remotelink$/)
  if (link) {
    const { globalId, object } = body()
    if (!object?.url || !object?.title) throw new Refusal(400, "'object' is required.")
    ticket(link[1]).links.set(globalId, object)
    return { id: 1 }
  }
  throw new Refusal(404, `null for uri: ${request.method} ${path}`)
}

const MOST_CHARACTERS = 32_767

function document(body: unknown): unknown {
  // A string is refused: version 3 takes documents alone.
  const problem = typeof body === 'string' ? 'Operation value must be an Atlassian Document' : adfProblem(body)
  if (problem) throw new Refusal(400, problem)
  const units = [...JSON.stringify(body).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].reduce(
    (sum, [, text = '']) => sum + text.length,
    0,
  )
  if (units > MOST_CHARACTERS)
    throw new Refusal(400, 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.')
  return body
}

function shown(ticket: Ticket, fields: string[]): object {
  const all: Record<string, unknown> = {
    ...{ summary: ticket.summary, description: ticket.description, status: ticket.status },
    ...{ reporter: ticket.reporter, labels: ticket.labels, updated: new Date(ticket.updated).toISOString() },
  }
  return { id: ticket.id, key: ticket.key, fields: Object.fromEntries(fields.map((name) => [name, all[name]])) }
}

function page(name: string, items: unknown[], query: URLSearchParams): object {
  const startAt = Number(query.get('startAt') ?? 0)
  // Jira gives less than was asked for where it likes to.
  const most = Math.min(2, Number(query.get('maxResults') ?? 50))
  return { startAt, maxResults: most, total: items.length, [name]: items.slice(startAt, startAt + most) }
}

interface Search {
  jql: string
  fields?: string[]
  maxResults?: number
  nextPageToken?: string
  reconcileIssues?: number[]
}

/** As much of JQL as is asked: a project, labels, the category, oldest first. */
function search(
  world: JiraWorld,
  { jql, fields = [], maxResults = 50, nextPageToken, reconcileIssues = [] }: Search,
): object {
  const form = /^project = "(\w+)" AND \((.+)\) AND statusCategory != Done ORDER BY created ASC$/.exec(jql)
  if (!form)
    throw new Refusal(400, 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.')
  const label = /^labels = "?([\w-]+)"?$/.exec(form[2] as string)?.[1]
  if (label === undefined) throw new Refusal(400, `Error in the JQL Query: ${form[2]}`)
  if (form[1] !== world.project.key)
    throw new Refusal(400, `The value '${form[1]}' does not exist for the field 'project'.`)
  if (!reconcileIssues.every(Number.isInteger)) throw new Refusal(400, 'reconcileIssues must be ids.')
  const as = (ticket: Ticket) => (reconcileIssues.includes(Number(ticket.id)) ? ticket : world.index.get(ticket.id))
  const found = [...world.tickets.values()].filter((ticket) => {
    const known = as(ticket)
    return known?.labels.includes(label) && known.status.statusCategory.key !== 'done'
  })
  const from = nextPageToken === undefined ? 0 : Number(Buffer.from(nextPageToken, 'base64').toString())
  const to = from + Math.min(maxResults, 2)
  const issues = found.slice(from, to).map((ticket) => {
    const updated = as(ticket)?.updated ?? ticket.updated
    const { id, key, ...rest } = shown({ ...ticket, updated }, fields) as { id: string; key: string }
    return fields.length === 0 ? { id } : { id, key, ...rest }
  })
  return { issues, ...(to < found.length && { nextPageToken: Buffer.from(String(to)).toString('base64') }) }
}
