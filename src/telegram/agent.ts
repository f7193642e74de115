import type { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { WHILE_CONNECTING } from './api-errors.ts'

// Not by `import`, which costs 9 MB: see fetch.ts.
const { Agent: PlainAgent } = process.getBuiltinModule('node:http')

/**
 * Idle connections are given up early: a send over one that the server has just closed fails with a reset, and then nobody
 * knows whether it arrived.
 */
const IDLE_MS = 10_000

/**
 * Makes the HTTP agent for one address. Errors from before a connection stands get their code marked, because only
 * those prove that nothing was sent.
 *
 * @param connectTimeoutMs for name, TCP and TLS together
 */
export function createAgent(apiRoot: string, connectTimeoutMs = 10_000): Agent {
  const secure = apiRoot.startsWith('https:')
  const options = { keepAlive: true, timeout: IDLE_MS }
  const agent = secure ? new SecureAgent(options) : new PlainAgent(options)
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (connectOptions, callback) => {
    const socket = connect(connectOptions, callback)
    if (socket) watch(socket, secure ? 'secureConnect' : 'connect', connectTimeoutMs)
    return socket
  }
  return agent
}

function watch(socket: Duplex, connected: 'connect' | 'secureConnect', timeoutMs: number): void {
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  )
  const mark = (error: NodeJS.ErrnoException) => {
    clearTimeout(timer)
    error.code = `${error.code ?? error.name}${WHILE_CONNECTING}`
  }
  socket.once('error', mark)
  socket.once('close', () => clearTimeout(timer))
  socket.once(connected, () => {
    clearTimeout(timer)
    socket.off('error', mark)
  })
}
