import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** More clients than ever are about to say something at the same moment. */
const MOST_SILENT = 256

/**
 * Keeps connections that say nothing, or only half of a request, from taking the place of those that do: above `most` of
 * them, the one that has been silent longest is ended, of the address that has the most. They would time out anyway, but
 * until then nobody else, a health check among them, would be let in.
 */
export function endSilentOnes(server: Server, most = MOST_SILENT): void {
  // In the order in which they fell silent.
  const silent = new Map<Socket, string>()
  const fallsSilent = (socket: Socket) => {
    if (socket.destroyed) return
    silent.set(socket, socket.remoteAddress ?? '')
    if (silent.size > most) longestOf(silent).destroy()
  }
  server.on('connection', (socket) => {
    socket.once('close', () => silent.delete(socket))
    fallsSilent(socket)
  })
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const { socket } = req
    const isHeard = () => void silent.delete(socket)
    const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined
    if (hasBody) req.once('end', isHeard)
    else isHeard()
    res.once('close', () => fallsSilent(socket))
  })
}

function longestOf(silent: ReadonlyMap<Socket, string>): Socket {
  const counts = new Map<string, number>()
  for (const address of silent.values()) counts.set(address, (counts.get(address) ?? 0) + 1)
  const largest = Math.max(...counts.values())
  const [[socket]] = [...silent].filter(([, address]) => counts.get(address) === largest) as [[Socket, string]]
  return socket
}
