import { createHmac } from 'node:crypto'
import type { Route } from '../../src/http/route.ts'
import { raw, statusOf } from './raw.ts'
import { type Caller, SECRET, TOKEN } from './serve.ts'

/** What came of an attack: a refusal, or what was got by it. */
export interface Outcome {
  status: number
  body: string
}

export interface Attack {
  name: string
  /** Where it makes sense. */
  on: (route: Route) => boolean
  /** Statuses that are a refusal. */
  refused: readonly number[]
  run: (served: Caller, route: Route) => Promise<Outcome>
}

/** Bodies that each route would do something with, so that a refusal is for the attack and not for the shape. */
const BODIES: Record<string, object> = {
  '/webhook/command': { command: 'start' },
  '/api/orchestrate': { tasks: ['Something'] },
  '/api/asks/:id': { answer: 'approve' },
  '/api/commands': { command: 'start' },
  '/api/login': { token: TOKEN },
  '/api/push/subscribe': {
    endpoint: 'https://push.example/1',
    keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
  },
  '/api/push/unsubscribe': { endpoint: 'https://push.example/1' },
}

export const bodyFor = ({ path, access }: Pick<Route, 'path' | 'access'>): object => ({
  ...BODIES[path],
  ...(access === 'secret' && { secret: SECRET }),
})

/** What a request is let in by that needs more than the token. */
export const headersFor = (route: Pick<Route, 'path' | 'access'>): Record<string, string> =>
  route.access === 'signature'
    ? {
        'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET)
          .update(JSON.stringify(bodyFor(route)))
          .digest('hex')}`,
      }
    : {}

export const addressOf = ({ path }: Pick<Route, 'path'>): string =>
  path.replace(':session_id', 'run').replace(':number', '1').replace(':id', 'ask')

interface Changed {
  headers?: Record<string, string>
  token?: string | null
  body?: unknown
  path?: string
}

async function send(served: Caller, route: Route, { headers = {}, token, body, path }: Changed): Promise<Outcome> {
  const sent = route.method === 'post' ? { body: body ?? bodyFor(route) } : {}
  const { status, text } = await served.call(route.method.toUpperCase(), path ?? addressOf(route), {
    ...sent,
    headers,
    ...(token !== undefined && { token }),
  })
  return { status, body: text }
}

/** fetch does not let the host be chosen, so this one is written by hand. */
async function sendRaw(served: Caller, route: Route, lines: string[], version = '1.1'): Promise<Outcome> {
  const body = route.method === 'post' ? JSON.stringify(bodyFor(route)) : ''
  const head = [
    `${route.method.toUpperCase()} ${addressOf(route)} HTTP/${version}`,
    ...lines,
    `Authorization: Bearer ${TOKEN}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  const answer = await raw(portOf(served), `${head.join('\r\n')}\r\n\r\n${body}`)
  return { status: statusOf(answer), body: answer }
}

export const portOf = ({ url }: Caller): number => Number(new URL(url).port)

const everywhere = () => true
const guarded = ({ access }: Route) => access !== 'open'
const withToken = ({ access }: Route) => access === 'token'
const changing = ({ method }: Route) => method === 'post'
/** What is signed is not read before the signature is known to be right. */
const parsing = (route: Route) => changing(route) && route.access !== 'signature'
const withoutSecret = (route: Route) => {
  const { secret: _, ...body } = bodyFor(route) as { secret?: string }
  return body
}

/** The attacks of every route; who adds a route needs to add nothing here. */
export const ATTACKS: Attack[] = [
  {
    name: 'no token',
    on: guarded,
    refused: [401],
    run: (served, route) => send(served, route, { token: null, body: withoutSecret(route) }),
  },
  {
    name: 'a wrong token',
    on: guarded,
    refused: [401, 429],
    run: (served, route) =>
      send(served, route, { token: `${TOKEN}x`, body: { ...bodyFor(route), secret: `${SECRET}x` } }),
  },
  {
    name: 'the token in the address',
    on: guarded,
    refused: [401],
    run: (served, route) =>
      send(served, route, {
        token: null,
        path: `${addressOf(route)}?token=${TOKEN}&access_token=${TOKEN}&secret=${SECRET}`,
        body: withoutSecret(route),
      }),
  },
  {
    name: 'the token of another kind of route',
    on: guarded,
    refused: [401, 429],
    run: (served, route) =>
      send(served, route, {
        token: route.access === 'token' ? SECRET : TOKEN,
        body: route.access === 'token' ? { ...bodyFor(route), secret: SECRET } : { ...bodyFor(route), secret: TOKEN },
      }),
  },
  {
    name: 'a cookie without its key',
    on: withToken,
    refused: [401, 429],
    run: async (served, route) => {
      const { headers } = await served.post('/api/login', { token: TOKEN })
      const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
      return send(served, route, { token: null, headers: { Cookie: cookie, Origin: served.url } })
    },
  },
  {
    name: 'a cookie with the key of another log-in',
    on: withToken,
    refused: [401, 429],
    run: async (served, route) => {
      const [mine, other] = await Promise.all([1, 2].map(() => served.post('/api/login', { token: TOKEN })))
      const cookie = mine?.headers.get('set-cookie')?.split(';')[0] ?? ''
      const headers = { Cookie: cookie, 'X-Baton-Key': other?.json.key, Origin: served.url }
      return send(served, route, { token: null, headers })
    },
  },
  {
    name: 'a cookie and its key, from nowhere',
    on: (route) => withToken(route) && changing(route),
    refused: [403],
    run: async (served, route) => {
      const { headers, json } = await served.post('/api/login', { token: TOKEN })
      const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
      return send(served, route, { token: null, headers: { Cookie: cookie, 'X-Baton-Key': json.key } })
    },
  },
  {
    name: 'a forged cookie',
    on: withToken,
    refused: [401, 429],
    run: (served, route) => {
      const payload = Buffer.from(JSON.stringify({ id: 'x', who: 'Eve', until: 9e15 })).toString('base64url')
      const headers = { Cookie: `baton_session=${payload}.c2lnbmF0dXJl`, 'X-Baton-Key': 'x', Origin: served.url }
      return send(served, route, { token: null, headers })
    },
  },
  {
    name: 'a wrong host',
    on: everywhere,
    refused: [403],
    run: (served, route) => sendRaw(served, route, [`Host: evil.example:${portOf(served)}`]),
  },
  {
    name: 'the right host at a wrong port',
    on: everywhere,
    refused: [403],
    run: (served, route) => sendRaw(served, route, ['Host: 127.0.0.1:1']),
  },
  {
    name: 'no host',
    on: everywhere,
    refused: [400, 403],
    run: (served, route) => sendRaw(served, route, [], '1.0'),
  },
  {
    name: 'two hosts',
    on: everywhere,
    refused: [400, 403],
    run: (served, route) => sendRaw(served, route, [`Host: 127.0.0.1:${portOf(served)}`, 'Host: evil.example']),
  },
  {
    name: 'a name bound to our address (rebinding)',
    on: everywhere,
    refused: [403],
    run: (served, route) => {
      const host = `rebound.evil.example:${portOf(served)}`
      return sendRaw(served, route, [`Host: ${host}`, `Origin: http://${host}`, 'Sec-Fetch-Site: same-origin'])
    },
  },
  ...['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'].map(
    (origin): Attack => ({
      name: `the origin ${origin}`,
      on: everywhere,
      refused: [403],
      run: (served, route) => send(served, route, { headers: { Origin: origin } }),
    }),
  ),
  ...['cross-site', 'same-site'].map(
    (site): Attack => ({
      name: `a request that the browser calls ${site}`,
      on: everywhere,
      refused: [403],
      run: (served, route) => send(served, route, { headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' } }),
    }),
  ),
  {
    name: 'a huge body',
    on: parsing,
    refused: [413],
    run: (served, route) => send(served, route, { body: { ...bodyFor(route), padding: 'x'.repeat(1_100_000) } }),
  },
  {
    name: 'a body that is not JSON',
    on: parsing,
    refused: [400],
    run: (served, route) => send(served, route, { body: '{"secret": ' }),
  },
  {
    name: 'a form, as any page can send it',
    on: changing,
    // GitHub sends forms, too, and signs them, which no page can.
    refused: [401, 415],
    run: (served, route) =>
      send(served, route, { body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
  },
  {
    name: 'JSON that calls itself text',
    on: changing,
    refused: [415],
    run: (served, route) => send(served, route, { headers: { 'Content-Type': 'text/plain' } }),
  },
  {
    name: 'a compressed body',
    on: changing,
    refused: [415],
    run: (served, route) => send(served, route, { headers: { 'Content-Encoding': 'gzip' } }),
  },
  {
    name: 'a body of another shape',
    on: (route) => changing(route) && route.path !== '/api/logout' && route.path !== '/api/quick-start',
    refused: [400, 401],
    run: (served, route) =>
      send(served, route, { body: route.access === 'secret' ? { secret: SECRET, params: 5, lines: [] } : [1, 'two'] }),
  },
  {
    name: 'a traversal in the address',
    on: everywhere,
    refused: [400, 401, 403, 404, 405],
    run: async (served, route) => {
      const path = `${addressOf(route)}/..%2f..%2f..%2fetc%2fpasswd`
      return send(served, route, { path })
    },
  },
  {
    name: 'an address that cannot be decoded',
    on: everywhere,
    refused: [400, 404],
    run: (served, route) => send(served, route, { path: `${addressOf(route)}/%E0%A4%A` }),
  },
  {
    name: 'another method',
    on: everywhere,
    refused: [405],
    run: async (served, route) => {
      const { status, text } = await served.call('PUT', addressOf(route), { body: bodyFor(route) })
      return { status, body: text }
    },
  },
  {
    name: 'a preflight from elsewhere',
    on: everywhere,
    refused: [403],
    run: async (served, route) => {
      const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' }
      const { status, text, headers: got } = await served.call('OPTIONS', addressOf(route), { headers, token: null })
      return { status: got.get('access-control-allow-origin') === null ? status : 200, body: text }
    },
  },
  {
    name: 'two ways to say where the body ends',
    on: changing,
    refused: [400],
    run: (served, route) => sendRaw(served, route, [`Host: 127.0.0.1:${portOf(served)}`, 'Transfer-Encoding: chunked']),
  },
]
