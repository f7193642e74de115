import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Page {
  id: string
  properties: Record<string, Record<string, unknown>>
  inTrash: boolean
}

interface Fault {
  on: RegExp
  times: number
  kind: 'lost' | 'down' | 'limited'
}

export interface NotionServer {
  apiUrl: string
  token: string
  database: string
  /** Names and types of the table's properties. */
  schema: Map<string, { id: string; type: string }>
  sources: { id: string; name: string }[]
  pages: Page[]
  /** `METHOD /path`, oldest first. */
  requests: string[]
  /** What goes wrong with the next requests that match; `lost`: it is done, and never answered. */
  fail: (kind: Fault['kind'], on: RegExp, times?: number) => void
  clear: () => void
  close: () => Promise<void>
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
const invalid = (message: string) => new Refusal(400, 'validation_error', message)

/** A strict stand-in of Notion's API, version 2026-03-11, with one database: what it does not know it refuses as Notion does. */
export async function startNotion(): Promise<NotionServer> {
  const faults: Fault[] = []
  const state = {
    token: 'ntn_token_of_the_stand_in',
    database: '1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
    schema: new Map([['Page', { id: 'title', type: 'title' }]]),
    sources: [{ id: 'aaaabbbbccccddddeeeeffff00001111', name: 'Runs' }],
    pages: [] as Page[],
    requests: [] as string[],
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const what = `${request.method} ${request.url}`
    state.requests.push(what)
    const fault = faults.find(({ on, times }) => times > 0 && on.test(what))
    if (fault) fault.times--
    try {
      if (fault?.kind === 'down') throw new Refusal(503, 'service_unavailable', 'Notion is unavailable.')
      if (fault?.kind === 'limited') {
        response.setHeader('retry-after', '3')
        throw new Refusal(429, 'rate_limited', 'You have been rate limited.')
      }
      const result = route(state, request, Buffer.concat(chunks).toString('utf8'))
      if (fault?.kind === 'lost') return void response.destroy()
      send(response, 200, result)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, code, message } = error
      send(response, status, { object: 'error', status, code, message, request_id: 'r' })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...state,
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (kind, on, times = 1) => void faults.push({ kind, on, times }),
    clear: () => void faults.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

type State = Pick<NotionServer, 'token' | 'database' | 'schema' | 'sources' | 'pages'>

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

const same = (a: string, b: string) => a.replaceAll('-', '') === b.replaceAll('-', '')

function route(state: State, { method, url = '', headers }: IncomingMessage, text: string): unknown {
  if (headers.authorization !== `Bearer ${state.token}`) throw new Refusal(401, 'unauthorized', 'API token is invalid.')
  if (headers['notion-version'] !== '2026-03-11') throw new Refusal(400, 'missing_version', 'Notion-Version header.')
  const path = url.split('?')[0] as string
  const is = (wanted: string, form: RegExp) => (method === wanted ? form.exec(path)?.[1] : undefined)
  const body = () => JSON.parse(text) as Record<string, unknown>
  const source = (id: string) => {
    if (!state.sources.some((one) => same(one.id, id)))
      throw new Refusal(404, 'object_not_found', `Could not find data source with ID: ${id}.`)
  }
  const database = is('GET', /^\/v1\/databases\/([^/]+)$/)
  if (database !== undefined) {
    if (!same(database, state.database))
      throw new Refusal(404, 'object_not_found', `Could not find database with ID: ${database}.`)
    return { object: 'database', id: database, data_sources: state.sources }
  }
  const shown = is('GET', /^\/v1\/data_sources\/([^/]+)$/)
  if (shown !== undefined) {
    source(shown)
    const properties = [...state.schema].map(([name, { id, type }]) => [name, { id, name, type, [type]: {} }])
    return { object: 'data_source', id: shown, properties: Object.fromEntries(properties) }
  }
  const changed = is('PATCH', /^\/v1\/data_sources\/([^/]+)$/)
  if (changed !== undefined) {
    source(changed)
    for (const [key, value] of Object.entries(body().properties as Record<string, Record<string, unknown>>))
      changeProperty(state, key, value)
    return { object: 'data_source', id: changed }
  }
  const queried = is('POST', /^\/v1\/data_sources\/([^/]+)\/query$/)
  if (queried !== undefined) {
    source(queried)
    const { property, rich_text: wanted } = body().filter as { property: string; rich_text: { equals: string } }
    if (state.schema.get(property)?.type !== 'rich_text')
      throw invalid(`Could not find property with name: ${property}`)
    const found = state.pages.filter(
      ({ properties, inTrash }) => !inTrash && wordsOf(properties[property]) === wanted.equals,
    )
    const results = found.map(({ id }) => ({ object: 'page', id }))
    return { object: 'list', results, has_more: false, next_cursor: null }
  }
  if (method === 'POST' && path === '/v1/pages') {
    const { parent, properties } = body() as {
      parent: { data_source_id?: string }
      properties: Page['properties']
    }
    if (parent.data_source_id === undefined) throw invalid('body.parent.data_source_id should be defined.')
    source(parent.data_source_id)
    checkProperties(state, properties)
    const page = { id: `page-${state.pages.length + 1}`, properties, inTrash: false }
    state.pages.push(page)
    return { object: 'page', id: page.id }
  }
  const updated = is('PATCH', /^\/v1\/pages\/([^/]+)$/)
  if (updated !== undefined) {
    const page = state.pages.find(({ id }) => id === updated)
    if (!page) throw new Refusal(404, 'object_not_found', `Could not find page with ID: ${updated}.`)
    if (page.inTrash) throw invalid("Can't edit block that is archived. You must unarchive the block before editing.")
    const { properties } = body() as { properties: Page['properties'] }
    checkProperties(state, properties)
    Object.assign(page.properties, properties)
    return { object: 'page', id: page.id }
  }
  throw new Refusal(400, 'invalid_request_url', 'Invalid request URL.')
}

function changeProperty({ schema }: State, key: string, value: Record<string, unknown>): void {
  const named = [...schema].find(([name, { id }]) => name === key || id === key)
  if (named && typeof value.name === 'string') {
    const [name, property] = named
    schema.delete(name)
    schema.set(value.name, property)
    return
  }
  const type = Object.keys(value).find((one) => one !== 'type' && one !== 'name')
  if (type === undefined || (value.type !== undefined && value.type !== type))
    throw invalid(`${key} should be a property.`)
  if (type === 'title') throw invalid('Cannot create new title property.')
  if (type === 'status') throw invalid('Creating of status properties is not supported.')
  schema.set(key, { id: `p${schema.size}`, type })
}

/** What a person reads of a text property. */
export function wordsOf(property: Record<string, unknown> | undefined): string {
  const pieces = (property?.rich_text ?? property?.title ?? []) as { text: { content: string } }[]
  return pieces.map(({ text }) => text.content).join('')
}

function checkProperties({ schema }: State, properties: Page['properties']): void {
  for (const [name, value] of Object.entries(properties)) {
    const type = schema.get(name)?.type
    if (type === undefined) throw invalid(`${name} is not a property that exists.`)
    if (!(type in value)) throw invalid(`${name} is expected to be ${type}.`)
    const problem = CHECKS[type]?.(value[type] as never)
    if (problem !== undefined) throw invalid(`body.properties.${name}.${type} ${problem}`)
  }
}

const pieces = (value: { text: { content: string } }[]): string | undefined => {
  if (!Array.isArray(value)) return 'should be an array.'
  if (value.length > 100) return `length should be ≤ 100, instead was ${value.length}.`
  return value.some(({ text }) => text.content.length > 2_000) ? 'content.length should be ≤ 2000.' : undefined
}
const option = (value: { name?: unknown } | null): string | undefined => {
  if (value === null) return undefined
  if (typeof value.name !== 'string' || value.name === '') return 'name should be defined.'
  if (value.name.includes(',')) return 'name should not contain commas.'
  return value.name.length > 100 ? 'name.length should be ≤ 100.' : undefined
}
const CHECKS: Record<string, (value: never) => string | undefined> = {
  title: pieces,
  rich_text: pieces,
  number: (value: unknown) => (value === null || typeof value === 'number' ? undefined : 'should be a number.'),
  select: option,
  multi_select: (value: { name?: unknown }[]) =>
    value.length > 100 ? 'length should be ≤ 100.' : value.map((one) => option(one)).find((one) => one !== undefined),
  date: (value: { start?: unknown } | null) =>
    value === null || Number.isFinite(Date.parse(String(value.start))) ? undefined : 'should be a date.',
  checkbox: (value: unknown) => (typeof value === 'boolean' ? undefined : 'should be a boolean.'),
  url: (value: unknown) =>
    value === null || (typeof value === 'string' && value !== '' && value.length <= 2_000)
      ? undefined
      : 'should be a url.',
}
