import type { Actor } from '../../src/core/types.ts'
import type { HttpDeps } from '../../src/http/deps.ts'
import type { Route } from '../../src/http/route.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { redactor } from '../../src/redact/redact.ts'
import type { House } from './house.ts'

/** Who came by a link that the bot gave to Anna. */
export const ANNA: Actor = { surface: 'http', id: 'telegram:4711', name: 'Anna' }
export const TOKEN = 'the-api-token-of-these-tests'
export const SECRET = 'the-webhook-secret'
/** Stands for anything that must not come out again. */
export const PLANTED = 'planted-secret-8812'

export interface Served extends Caller {
  server: HttpServer
  /** The whole table. */
  routes: readonly Route[]
  /** What went into the log. */
  logged: { level: string; fields: object; text: string }[]
  close: () => Promise<void>
}

export interface Caller {
  url: string
  /** A request with the token, if no other authorization is given; JSON both ways. */
  call: (method: string, path: string, options?: CallOptions) => Promise<Called>
  get: (path: string, options?: CallOptions) => Promise<Called>
  post: (path: string, body?: unknown, options?: CallOptions) => Promise<Called>
  /** The same to the webhooks, with the secret. */
  hook: (path: string, body?: object, options?: CallOptions) => Promise<Called>
}

export interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
  token?: string | null
}

export interface Called {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by hand
  json: any
}

/** Serves a house on a free port. */
export async function serve(house: House, options: Partial<HttpDeps> = {}): Promise<Served> {
  const logged: Served['logged'] = []
  const log = (level: string) => (fields: object, text: string) => void logged.push({ level, fields, text })
  const server = await createHttpServer({
    api: house.api,
    config: {
      home: house.home,
      stateDir: house.stateDir,
      logsDir: house.logsDir,
      http: { enabled: true, host: '127.0.0.1', port: 0, allowedHosts: [], ...options.config?.http },
    },
    apiToken: TOKEN,
    webhookSecret: SECRET,
    version: '0.1.0',
    health: () => ({ worker: 'ok' }),
    taskFiles: async () => ['tasks/today.md'],
    redact: redactor([TOKEN, SECRET, PLANTED]),
    now: house.now,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
  })
  const url = `http://127.0.0.1:${server.port}`
  return { server, routes: await server.routes(), logged, ...caller(url), close: () => server.close() }
}

/** Requests to a server. */
export function caller(url: string): Caller {
  const call: Caller['call'] = async (method, path, { body, headers = {}, token = TOKEN } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    // A stream has no end to wait for.
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (isStream) await response.body?.cancel()
    const text = isStream ? '' : await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }
  return {
    url,
    call,
    get: (path, options) => call('GET', path, options),
    post: (path, body = {}, options) => call('POST', path, { ...options, body }),
    hook: (path, body = {}, options) =>
      call('POST', `/webhook/${path}`, { token: null, ...options, body: { secret: SECRET, ...body } }),
  }
}
