import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DASHBOARD } from '../core/actors.ts'
import type { Actor } from '../core/types.ts'
import { lazy } from '../lazy.ts'
import { basePathOf, belowBase } from './base-path.ts'
import type { HttpDeps } from './deps.ts'
import { createHub } from './events/hub.ts'
import { createAttempts } from './guard/attempts.ts'
import { createGate } from './guard/caller.ts'
import { createHostGuard, type HostGuard } from './guard/host.ts'
import { createInsideGuard } from './guard/inside.ts'
import { endSilentOnes } from './guard/silent.ts'
import { createLoginCodes } from './login/codes.ts'
import { createSessionCookie } from './login/cookie.ts'
import { createSessions } from './login/session.ts'
import { serveMachines } from './machines/serve.ts'
import { createMeter } from './metrics/meter.ts'
import type { Parts } from './parts.ts'
import { createPush } from './push/push.ts'
import type { Route } from './route.ts'
import type { forMachines } from './routes.ts'

// Not by `import`: that would load what the module only hands out when asked for, a WebSocket among it, and 9 MB with it.
const { createServer } = process.getBuiltinModule('node:http')

export interface HttpServer {
  /** As people and links reach it: the public address, else host and port. */
  url: string
  /** Where it really listens; another one than configured when that is 0. */
  port: number
  /** Ends every connection and stops to listen; once. */
  close: () => Promise<void>
  /** A link that logs one browser in, once, within ten minutes. `by` is named in the history. */
  oneTimeLink: (by?: Actor) => string
  /** The whole table, for tests. */
  routes: () => Promise<readonly Route[]>
}

/** Slow senders are cut off; nothing here needs long headers or bodies. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
}
const MOST_CONNECTIONS = 1_024
const LARGEST_HEADERS = 16 * 1_024

/**
 * Serves the API and the dashboard. Throws the system's error when the address cannot be listened on. Whether it may be
 * listened on without a token of the user's own is for the configuration to say.
 */
export async function createHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const { config, api, now, log, apiToken, webhookSecret } = deps
  const sessions = createSessions(apiToken, now)
  const cookie = createSessionCookie(config.http)
  const attempts = createAttempts(now, (failures) => log.warn({ failures }, 'Requests with wrong credentials'))
  const parts: Parts = {
    ...deps,
    sessions,
    cookie,
    codes: createLoginCodes(now),
    linkFor: (by) => `${url}/login#${parts.codes.issue(by)}`,
    gate: createGate({ apiToken, sessions, cookie, attempts, ...(webhookSecret !== undefined && { webhookSecret }) }),
    fromOutside: createInsideGuard(deps),
    hub: createHub(deps),
    meter: createMeter(api, api.view.lastSeq(), now),
    push: createPush(deps),
  }
  const server = createServer({ ...LIMITS, maxHeaderSize: LARGEST_HEADERS })
  // Kept, because a server that closes has no address any more, and still answers who has asked.
  let port = 0
  const checkHost = createHostGuard(config.http, () => port)
  const base = basePathOf(config.http.url)
  const application = lazy(() => loadApplication(parts, checkHost))
  server.on('request', (req, res) => {
    req.url = belowBase(base, req.url ?? '/')
    application().then(
      ({ app }) => app(req, res),
      (error: unknown) => {
        log.error({ err: error }, 'Cannot load the pages')
        res.destroy()
      },
    )
  })
  server.maxConnections = MOST_CONNECTIONS
  endSilentOnes(server)
  try {
    await listen(server, config.http)
  } catch (error) {
    parts.hub.close()
    parts.meter.close()
    parts.push.close()
    throw error
  }
  server.on('error', (error) => log.error({ err: error }, 'The HTTP server has a problem'))
  port = (server.address() as AddressInfo).port
  if (deps.machines)
    serveMachines(deps, deps.machines, {
      address: () => addressOf(config.http.host, port),
      late: async () => (await application()).forMachines,
    })
  const url = config.http.url?.replace(/\/+$/, '') ?? addressOf(config.http.host, port)
  let closed: Promise<void> | undefined
  return {
    url,
    port,
    routes: async () => (await application()).routes,
    oneTimeLink: (by = DASHBOARD) => parts.linkFor(by),
    close() {
      closed ??= close(server, parts)
      return closed
    },
  }
}

interface Application {
  app: RequestListener
  routes: readonly Route[]
  forMachines: typeof forMachines
}

/** Express, the schemas and the pages: a daemon that is only spoken to by phone never needs their 12 MB. */
async function loadApplication(parts: Parts, checkHost: HostGuard): Promise<Application> {
  const [{ createApp }, { allRoutes, forMachines }] = await Promise.all([import('./app.ts'), import('./routes.ts')])
  const routes = allRoutes(parts)
  return { app: createApp(parts, routes, checkHost), routes, forMachines }
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  server.listen({ port, host: host.replace(/^\[(.*)\]$/, '$1') })
  await once(server, 'listening')
}

/** Everywhere is not an address to go to. */
function addressOf(host: string, port: number): string {
  const name = ['0.0.0.0', '::', '[::]'].includes(host) ? 'localhost' : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

const GRACE_MS = 500

async function close(server: Server, { hub, meter, push }: Parts): Promise<void> {
  hub.close()
  meter.close()
  push.close()
  const ended = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await ended
  clearTimeout(timer)
}
