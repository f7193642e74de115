import { type ClientRequest, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { WHILE_CONNECTING } from './trouble.ts'

/**
 * Idle connections are given up early: a send over one that the server has just closed fails with a reset, and then nobody
 * knows whether it arrived.
 */
const IDLE_MS = 10_000

/** Node hands every request to its agent here; a step that its types leave out, and that other agents live off. */
interface TakesRequests {
  addRequest: (request: ClientRequest, ...rest: unknown[]) => void
}

/**
 * Makes the HTTP agent for one address. Errors from before a connection stands get their code marked, because only
 * those prove that nothing was sent.
 *
 * @param connectTimeoutMs for name, TCP and TLS together
 */
export function createAgent(apiRoot: string, connectTimeoutMs: number): HttpAgent {
  const secure = apiRoot.startsWith('https:')
  const options = { keepAlive: true, timeout: IDLE_MS }
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options)
  const connect = agent.createConnection.bind(agent)
  const requests = agent as unknown as TakesRequests
  const take = requests.addRequest.bind(agent)
  requests.addRequest = (request, ...rest) => {
    tellBrokenAnswers(request)
    take(request, ...rest)
  }
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

/**
 * An answer that breaks off midway ends its stream with an error that node-fetch 2 does not pass on (tried): the call would
 * hang until its deadline. It does listen to its request.
 */
function tellBrokenAnswers(request: ClientRequest): void {
  request.once('response', (answer) => {
    answer.once('close', () => {
      if (answer.complete || request.listenerCount('error') === 0) return
      request.emit('error', Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' }))
    })
  })
}
