import type { IncomingMessage } from 'node:http'
import { HttpFailure } from '../failure.ts'

/** Pages that a link on another site may open; they hold no data and change nothing. */
const OPENED_BY_LINKS = new Set(['/', '/login'])

/**
 * Refuses what a browser sends on behalf of another site, of another port of the same host, or of a page without an
 * origin. Programs send neither header. To be called after the host was checked. Throws HttpFailure.
 *
 * @param publicUrl the configured public address, where a proxy rewrites the host
 */
export function checkOrigin(
  { headers, method, path }: Pick<IncomingMessage, 'headers' | 'method'> & { path: string },
  publicUrl: string | undefined,
): void {
  const { origin, host = '' } = headers
  if (origin !== undefined && !isOwnOrigin(origin, host, publicUrl)) refuse()
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  const isLink = (method === 'GET' || method === 'HEAD') && headers['sec-fetch-mode'] === 'navigate'
  if (!(isLink && headers['sec-fetch-dest'] === 'document' && OPENED_BY_LINKS.has(path))) refuse()
}

/** A change asked for by a logged-in browser must say where it comes from. Throws HttpFailure. */
export function requireOrigin({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): void {
  if (method !== 'GET' && method !== 'HEAD' && headers.origin === undefined) refuse()
}

function isOwnOrigin(origin: string, host: string, publicUrl: string | undefined): boolean {
  const own = host.toLowerCase()
  const candidates = [
    `http://${own}`,
    `https://${own}`,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ]
  return candidates.includes(origin.toLowerCase())
}

function refuse(): never {
  throw new HttpFailure(403, 'foreign-origin', 'Requests from pages of another origin are refused.')
}
