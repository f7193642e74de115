import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A reverse proxy that serves Baton below a path of its own. */
export interface ReverseProxy {
  port: number
  /** What was asked for beside the served paths. */
  outside: string[]
  /** Serves what listens on `port` below `path`. */
  serve: (path: string, port: number) => void
  close: () => Promise<void>
}

/** How proxies are set up: the path is taken away or passed on, and so is the host. */
export interface ProxyWays {
  strips: boolean
  keepsHost: boolean
}

/** Opens one on a free port. */
export async function openProxy({ strips, keepsHost }: ProxyWays): Promise<ReverseProxy> {
  const served = new Map<string, number>()
  const outside: string[] = []
  const server = createServer((req, res) => {
    const address = req.url ?? ''
    const path = [...served.keys()].find((one) => address === one || address.startsWith(`${one}/`))
    if (path === undefined) {
      outside.push(`${req.method} ${address}`)
      res.writeHead(404).end('Another program of this host.')
      return
    }
    const port = served.get(path) as number
    const headers = { ...req.headers, ...(keepsHost ? {} : { host: `127.0.0.1:${port}` }) }
    const to = strips ? address.slice(path.length) || '/' : address
    const onward = request({ host: '127.0.0.1', port, method: req.method, path: to, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    res.on('close', () => onward.destroy())
    req.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    outside,
    serve: (path, port) => void served.set(path, port),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
