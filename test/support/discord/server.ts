import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createFaults, type Faults, underTrouble } from '../bot-api/faults.ts'
import { parseMultipart } from '../bot-api/multipart.ts'
import { ApiProblem, limited, unauthorized } from './errors.ts'
import { createGateway } from './gateway.ts'
import { createPerson } from './people.ts'
import { type Asked, createRest, type Upload } from './rest.ts'
import { World } from './world.ts'

export interface DiscordOptions {
  token?: string
  heartbeatMs?: number
  /** The switch "Message Content" on the developer page. */
  mayReadContent?: boolean
  /** Posts that a channel takes; default: as many as come. */
  pace?: { count: number; withinMs: number }
  /** Weather in the place of counted faults. */
  faults?: Faults
}

/**
 * A stand-in for Discord, as strict as Discord is where Baton could go wrong: the gateway with its handshake, sessions and
 * codes, and the REST API with its limits and errors. discord.js holds it to that (test/discord/stand-in.test.ts).
 */
export async function startDiscord(options: DiscordOptions = {}) {
  const { heartbeatMs = 30_000, pace = { count: 1_000, withinMs: 1_000 } } = options
  let token = options.token ?? `MTIz${'a'.repeat(20)}.GaBcDe.${'s3cr3t-'.repeat(5)}`
  let mayReadContent = options.mayReadContent ?? false
  const world = new World()
  const faults = options.faults ?? createFaults()
  const calls: { method: string; path: string; at: number; status: number; retryAfterMs?: number }[] = []
  const sockets = new Set<Socket>()
  let port = 0
  const root = () => `http://127.0.0.1:${port}`
  const gatewayUrl = () => `ws://127.0.0.1:${port}/gateway`

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', root())
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const file = /^\/attachments\/(\d+)\//.exec(pathname)?.[1]
    if (file !== undefined) return response.end(world.files.get(file))
    const path = pathname.replace(/^\/api\/v10/, '')
    const method = request.method ?? 'GET'
    const asked: Asked = { method, path, query: searchParams, ...readBody(request, Buffer.concat(chunks)) }
    const isFree = /^\/(interactions|webhooks)\//.test(path)
    const name = nameOf(asked)
    const trouble = faults.next(name)
    const done = await underTrouble(trouble, async () => {
      if (!isFree && request.headers.authorization !== `Bot ${token}`) throw unauthorized()
      if (trouble?.kind === 'flood') throw limited(trouble.retryAfterS, 'messages')
      return answerOf(asked)
    })
    const note = (status: number, retryAfterMs?: number) =>
      calls.push({ method, path, at: performance.now(), status, ...(retryAfterMs !== undefined && { retryAfterMs }) })
    if (done.ending === 'reset' || done.ending === 'half') {
      note(0)
      return request.socket.destroy()
    }
    if (done.ending === 'silence') return
    if (typeof done.ending === 'object') {
      note(done.ending.garbage)
      response.writeHead(done.ending.garbage, { 'Content-Type': 'text/html' })
      return response.end('<html>Bad gateway</html>')
    }
    if (done.error !== undefined) {
      const known = done.error instanceof ApiProblem ? done.error : undefined
      const { code, description } = done.error as { code?: number; description?: string }
      const status = known?.status ?? code ?? 500
      const wait = known?.headers['X-RateLimit-Reset-After']
      note(status, status === 429 && wait !== undefined ? Number(wait) * 1_000 : undefined)
      response.writeHead(status, { 'Content-Type': 'application/json', ...known?.headers })
      return response.end(JSON.stringify(known?.body ?? { message: description ?? String(done.error), code: 0 }))
    }
    const { body, headers } = done.result as { body: unknown; headers?: Record<string, string> }
    note(body === undefined ? 204 : 200)
    response.writeHead(
      body === undefined ? 204 : 200,
      body === undefined ? {} : { 'Content-Type': 'application/json', ...headers },
    )
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

  let server: Server
  let gateway: ReturnType<typeof createGateway>
  const open = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        resolve()
      })
    })
  server = createServer((request, response) => void handle(request, response))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  gateway = createGateway(server, {
    token: () => token,
    url: gatewayUrl,
    heartbeatMs,
    mayReadContent: () => mayReadContent,
  })
  await open()
  const answerOf = createRest({
    ...{ world, root, gatewayUrl, pace },
    emit: gateway.emit,
    identifiesLeft: gateway.identifiesLeft,
    mayReadContent: () => mayReadContent,
  })

  return {
    world,
    faults,
    gateway,
    calls,
    get token() {
      return token
    },
    setToken: (value: string) => {
      token = value
    },
    setMayReadContent: (value: boolean) => {
      mayReadContent = value
    },
    root: root(),
    /** For DISCORD_API_URL. */
    api: `${root()}/api`,
    person: (who: { id: string; name: string; roles?: string[] }) =>
      createPerson({ world, emit: gateway.emit, root }, who),
    /** Nobody listens any more, and every connection is cut. */
    away: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    back: open,
    close: async () => {
      gateway.close()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Discord = Awaited<ReturnType<typeof startDiscord>>

/** `post message`, `edit message`: what faults are asked for by. */
function nameOf({ method, path }: Asked): string {
  if (/\/callback$/.test(path)) return 'answer'
  if (/^\/webhooks\//.test(path)) return 'follow up'
  if (/\/messages(\/\d+)?$/.test(path)) return `${method.toLowerCase()} message`
  return `${method.toLowerCase()} ${path.split('/')[1] ?? ''}`
}

function readBody(request: IncomingMessage, raw: Buffer): { body: Record<string, unknown>; files: Upload[] } {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data'))
    return { body: raw.length > 0 ? (JSON.parse(raw.toString()) as Record<string, unknown>) : {}, files: [] }
  const parts = parseMultipart(raw, type)
  const json = parts.find(({ name }) => name === 'payload_json')?.bytes.toString() ?? '{}'
  const files = parts.flatMap(({ name, filename, bytes }) =>
    /^files\[\d+\]$/.test(name) && filename !== undefined ? [{ name: filename, bytes }] : [],
  )
  return { body: JSON.parse(json) as Record<string, unknown>, files }
}
