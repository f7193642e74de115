import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Listener {
  port: number
  /** Nobody listens any more and every connection is cut. */
  away: () => Promise<void>
  /** Listens again, on the same port. */
  back: () => Promise<void>
}

/** Listens on loopback, on a free port; can go away and come back. */
export async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listener> {
  const sockets = new Set<Socket>()
  let port = 0
  const open = () =>
    new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer(handle)
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      })
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  let server = await open()
  port = (server.address() as AddressInfo).port
  return {
    port,
    away: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    back: async () => {
      server = await open()
    },
  }
}
