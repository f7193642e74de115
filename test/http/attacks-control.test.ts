import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../../src/core/types.ts'
import { createApp } from '../../src/http/app.ts'
import { createHub } from '../../src/http/events/hub.ts'
import type { Gate } from '../../src/http/guard/caller.ts'
import type { HostGuard } from '../../src/http/guard/host.ts'
import { createLoginCodes } from '../../src/http/login/codes.ts'
import { createSessionCookie } from '../../src/http/login/cookie.ts'
import { createSessions } from '../../src/http/login/session.ts'
import { createMeter } from '../../src/http/metrics/meter.ts'
import type { Parts } from '../../src/http/parts.ts'
import { createPush } from '../../src/http/push/push.ts'
import { allRoutes } from '../../src/http/routes.ts'
import { ATTACKS } from './attacks.ts'
import { type House, openHouse } from './house.ts'
import { caller, TOKEN } from './serve.ts'
import { TODAY } from './task-files.ts'

let house: House
let server: Server | undefined
let parts: Parts
beforeEach(() => {
  house = openHouse()
  house.write('tasks/today.md', TODAY)
})
afterEach(async () => {
  parts.hub.close()
  parts.meter.close()
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  await house.close()
})

const ANYBODY: Actor = { surface: 'http', id: 'anybody', name: 'anybody' }
const OPEN_GATE: Gate = {
  token: () => ({ by: ANYBODY }),
  secret: () => ({ by: ANYBODY }),
  refuse: (message) => {
    throw new Error(message)
  },
}
const NO_HOST_CHECK: HostGuard = () => {}

/** The same application with a safeguard taken out. */
async function serveWithout(gate: Gate, checkHost: HostGuard) {
  const http = { enabled: true, host: '127.0.0.1', port: 0, allowedHosts: [] }
  const silent = () => {}
  const deps = {
    api: house.api,
    config: { home: house.home, stateDir: house.stateDir, logsDir: house.logsDir, http },
    apiToken: TOKEN,
    version: '0',
    health: () => ({ worker: 'ok' as const }),
    redact: (text: string) => text,
    now: house.now,
    log: { info: silent, warn: silent, error: silent },
  }
  parts = {
    ...deps,
    gate,
    fromOutside: async () => {},
    sessions: createSessions(TOKEN, house.now),
    cookie: createSessionCookie({}),
    codes: createLoginCodes(house.now),
    linkFor: () => 'http://localhost/login#code',
    hub: createHub(deps),
    meter: createMeter(house.api, 0, house.now),
    push: createPush(deps),
  }
  const routes = allRoutes(parts)
  server = createServer(createApp(parts, routes, checkHost))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { routes, port, ...caller(`http://127.0.0.1:${port}`) }
}

/** Names of the attacks that got in somewhere. */
async function gotIn(gate: Gate, checkHost: HostGuard): Promise<Set<string>> {
  const served = await serveWithout(gate, checkHost)
  const found = new Set<string>()
  for (const attack of ATTACKS) {
    for (const route of served.routes.filter(attack.on).slice(0, 12)) {
      const { status } = await attack.run(served, route)
      if (!attack.refused.includes(status)) found.add(attack.name)
    }
  }
  return found
}

test('without the check of credentials, the attacks on it get in', async () => {
  const found = await gotIn(OPEN_GATE, NO_HOST_CHECK)
  for (const name of [
    'no token',
    'a wrong token',
    'the token in the address',
    'a cookie without its key',
    'a forged cookie',
  ])
    expect([...found]).toContain(name)
})

test('without the check of the host, strange names and rebinding get in', async () => {
  const found = await gotIn(OPEN_GATE, NO_HOST_CHECK)
  for (const name of [
    'a wrong host',
    'the right host at a wrong port',
    'two hosts',
    'a name bound to our address (rebinding)',
  ])
    expect([...found]).toContain(name)
})
