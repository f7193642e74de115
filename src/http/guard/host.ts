import type { IncomingMessage } from 'node:http'
import type { Config } from '../../config/types.ts'
import { HttpFailure } from '../failure.ts'

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(\d{1,5}))?$/
const WILDCARDS = new Set(['0.0.0.0', '::', '[::]'])
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** Refuses requests that were not meant for us. */
export type HostGuard = (req: Pick<IncomingMessage, 'headers' | 'rawHeaders'>) => void

/**
 * Lets requests through that call Baton by a name it has: loopback and the configured address with its port, the public
 * address, and `allowed_hosts` (with any port where they name none). A page of a stranger whose name was bound to our
 * address (DNS rebinding) calls us by its own name and is refused. Throws HttpFailure.
 */
export function createHostGuard(http: Config['http'], port: () => number): HostGuard {
  const exact = new Set<string>()
  const anyPort = new Set<string>()
  for (const entry of http.allowedHosts) {
    const name = normal(entry)
    if (HOST.exec(name)?.[2] === undefined) anyPort.add(name)
    else exact.add(name)
  }
  const own = [...LOOPBACK, ...(WILDCARDS.has(http.host) ? [] : [bracketed(http.host)])].map(normal)
  if (http.url !== undefined) {
    const { host, protocol } = new URL(http.url)
    exact.add(normal(host))
    exact.add(normal(host.includes(':') ? host : `${host}:${protocol === 'https:' ? 443 : 80}`))
  }

  return ({ headers, rawHeaders }) => {
    const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length
    const given = normal(headers.host ?? '')
    const match = HOST.exec(given)
    if (hosts !== 1 || !match) throw new HttpFailure(403, 'wrong-host', 'The request has no valid Host header.')
    const [, name = '', givenPort] = match
    const isOwn = own.includes(name) && Number(givenPort ?? 80) === port()
    if (isOwn || exact.has(given) || anyPort.has(name)) return
    throw new HttpFailure(
      403,
      'wrong-host',
      `Baton does not answer to the name ${given}. If it should, add it to http.allowed_hosts in config.yaml.`,
    )
  }
}

const normal = (host: string): string => host.trim().toLowerCase()

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)
