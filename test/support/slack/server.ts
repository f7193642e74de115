import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import type { Faults } from '../bot-api/faults.ts'
import { createEvents, type EventTimes, SLACKS_TIMES } from './events.ts'
import { SCOPES, webMethods } from './methods.ts'
import { createSlackPerson } from './person.ts'
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

/** What happens to a call: refused · done, and the answer lost · a page of a proxy · too many. */
type Trouble = { error: string } | 'lost' | 'page' | { retryAfterS: number }

export interface SlackCall {
  method: string
  fields: Record<string, string>
  at: number
  /** Slack's word, or `ok`. */
  outcome?: string
  /** What a refusal asked to wait. */
  retryAfterMs?: number
}

/** Every scope that an app of Baton's manifest has. */
export const ALL_SCOPES = [
  ...['app_mentions:read', 'channels:history', 'channels:read', 'chat:write', 'commands', 'files:read', 'files:write'],
  ...['groups:history', 'groups:read', 'im:history', 'im:read', 'im:write', 'pins:write', 'reactions:read'],
  ...['reactions:write', 'users:read'],
]

/** Starts a strict stand-in of Slack on loopback: the Web API, and Socket Mode. `weather`: in the place of single troubles. */
export async function startSlack(times: Partial<EventTimes> = {}, weather?: Faults) {
  const events = createEvents({ ...SLACKS_TIMES, ...times })
  let lastMs = 0
  let lastId = 0
  const world: World = {
    botToken: 'xoxb-1234567890-correct-horse-battery',
    appToken: 'xapp-1-A1-1234567890-staple',
    isRevoked: false,
    scopes: [...ALL_SCOPES],
    botUser: 'UBATON',
    channels: new Map(),
    users: new Map(),
    groups: new Map(),
    files: new Map(),
    uploads: new Map(),
    triggers: new Map(),
    views: new Map(),
    nextTs: () => {
      lastMs = Math.max(lastMs + 1, Date.now() * 1_000)
      return `${Math.floor(lastMs / 1_000_000)}.${String(lastMs % 1_000_000).padStart(6, '0')}`
    },
    nextId: (letter) => `${letter}${++lastId}`,
    now: Date.now,
    emit: (event) => void events.event(event),
  }
  const calls: SlackCall[] = []
  const troubles: { method: string; trouble: Trouble; left: number }[] = []
  const methods = webMethods(world, () => root)
  const tickets = new Set<string>()

  const opensSocket = (authorization: string | undefined) => {
    if (authorization !== `Bearer ${world.appToken}` || world.isRevoked) throw new Refusal('invalid_auth')
    const ticket = world.nextId('ticket')
    tickets.add(ticket)
    return { url: `ws://127.0.0.1:${port}/link/?ticket=${ticket}` }
  }
  const run = (method: string, fields: Record<string, string>, authorization: string | undefined) => {
    if (method === 'apps.connections.open') return opensSocket(authorization)
    if (authorization !== `Bearer ${world.botToken}`) throw new Refusal('invalid_auth')
    if (world.isRevoked || world.isBotRevoked) throw new Refusal('token_revoked')
    const found = methods[method]
    if (!found) throw new Refusal('unknown_method')
    const needed = SCOPES[method]
    if (needed !== undefined && !world.scopes.includes(needed))
      throw new Refusal('missing_scope', { needed, provided: world.scopes.join(',') })
    return found(fields)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const path = new URL(request.url ?? '/', 'http://slack').pathname
    const upload = /^\/upload\/(\w+)$/.exec(path)?.[1]
    if (upload !== undefined) {
      const place = world.uploads.get(upload)
      if (place) place.bytes = body
      return response.writeHead(place ? 200 : 404).end('OK')
    }
    const file = /^\/files\/(\w+)\//.exec(path)?.[1]
    if (file !== undefined) {
      const found = world.files.get(file)
      const isAllowed =
        request.headers.authorization === `Bearer ${world.botToken}` && world.scopes.includes('files:read')
      if (found && isAllowed) return response.writeHead(200, { 'content-type': found.mimetype }).end(found.bytes)
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
    }
    const method = /^\/api\/([\w.]+)$/.exec(path)?.[1] ?? ''
    const fields = Object.fromEntries(new URLSearchParams(body.toString()))
    const call: SlackCall = { method, fields, at: performance.now() }
    calls.push(call)
    const storm = weather?.next(method)
    if (storm?.kind === 'slow') await sleep(storm.delayMs)
    const isAfter = storm !== undefined && 'when' in storm && storm.when !== 'before'
    if (storm !== undefined && 'when' in storm && !isAfter) {
      if (storm.kind === 'silence') return
      if (storm.kind === 'reset') return request.socket.destroy()
    }
    const trouble =
      storm?.kind === 'flood'
        ? { retryAfterS: storm.retryAfterS }
        : storm?.kind === 'garbage' || (storm?.kind === 'status' && !isAfter)
          ? 'page'
          : troubleFor(method)
    if (trouble === 'page')
      return response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    if (typeof trouble === 'object' && 'retryAfterS' in trouble) {
      call.outcome = 'ratelimited'
      call.retryAfterMs = trouble.retryAfterS * 1_000
      return response
        .writeHead(429, { 'retry-after': String(trouble.retryAfterS), 'content-type': 'application/json' })
        .end('{"ok":false,"error":"ratelimited"}')
    }
    const result = outcomeOf(() => {
      if (typeof trouble === 'object' && 'error' in trouble) throw new Refusal(trouble.error)
      return run(method, fields, request.headers.authorization)
    })
    call.outcome = result.ok ? 'ok' : String(result.error)
    if (isAfter && storm?.kind === 'silence') return
    if (trouble === 'lost' || (isAfter && storm?.kind === 'reset')) return request.socket.resetAndDestroy()
    if (isAfter && storm?.kind === 'status') return response.writeHead(storm.code).end('<html>Error</html>')
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': world.scopes.join(',') })
      .end(JSON.stringify(result))
  }
  const troubleFor = (method: string): Trouble | undefined => {
    const found = troubles.find((one) => one.left > 0 && (one.method === method || one.method === '*'))
    if (found) found.left--
    return found?.trouble
  }

  const connections = new Set<Socket>()
  let port = 0
  const wss = new WebSocketServer({ noServer: true })
  const open = async () => {
    const made = createServer((request, response) => void answer(request, response))
    made.on('connection', (socket) => {
      connections.add(socket)
      socket.on('close', () => connections.delete(socket))
    })
    made.on('upgrade', (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? ''
      // Each address is good for one socket.
      if (!tickets.delete(ticket)) return socket.destroy()
      wss.handleUpgrade(request, socket, head, (line) => events.opened(line))
    })
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    port = (made.address() as AddressInfo).port
    return made
  }
  let server = await open()
  const root = `http://127.0.0.1:${port}`
  const away = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    events.cut()
    for (const socket of connections) socket.destroy()
    await closed
  }

  return {
    /** For SLACK_API_URL. */
    apiUrl: `${root}/api`,
    world,
    events,
    calls,
    callsTo: (method: string) => calls.filter((call) => call.method === method),
    channel: (id: string, members: string[]) => {
      world.channels.set(id, { id, members: [...members, world.botUser], messages: [] })
    },
    person: (who: { id: string; name: string }) => createSlackPerson(world, events, who),
    trouble: (method: string, trouble: Trouble, times_ = 1) => void troubles.push({ method, trouble, left: times_ }),
    revoke: () => {
      world.isRevoked = true
      events.cut()
    },
    /** Nobody listens any more, and every connection is cut. */
    away,
    back: async () => {
      server = await open()
    },
    close: async () => {
      events.stop()
      wss.close()
      await away()
    },
  }
}

export type SlackServer = Awaited<ReturnType<typeof startSlack>>

function outcomeOf(work: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return { ok: true, ...work() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ok: false, error: error.error, ...error.more }
  }
}
