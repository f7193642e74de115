import type { Config } from '../../config/types.ts'
import { basePathOf } from '../base-path.ts'

/** The cookie of a log-in: its name, and the headers that set and remove it. */
export interface SessionCookie {
  name: string
  read: (header: string | undefined) => string | undefined
  set: (value: string, lifeMs: number) => string
  clear: () => string
}

/**
 * Behind a public https address the cookie is Secure and tied to the host (`__Host-`), or to the path below which we are
 * served there, so that what else is served from that host does not get it. On plain loopback it can be neither.
 */
export function createSessionCookie({ url }: Pick<Config['http'], 'url'>): SessionCookie {
  const isSecure = url?.startsWith('https:') === true
  const path = basePathOf(url) || '/'
  const prefix = !isSecure ? '' : path === '/' ? '__Host-' : '__Secure-'
  const name = `${prefix}baton_session`
  const attributes = `Path=${path}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  return {
    name,
    read(header) {
      const found = header?.split(/;\s*/).find((pair) => pair.startsWith(`${name}=`))
      return found?.slice(name.length + 1)
    },
    set: (value, lifeMs) => `${name}=${value}; Max-Age=${Math.floor(lifeMs / 1_000)}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  }
}
