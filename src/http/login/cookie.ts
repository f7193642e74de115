import type { Config } from '../../config/types.ts'

/** The cookie of a log-in: its name, and the headers that set and remove it. */
export interface SessionCookie {
  read: (header: string | undefined) => string | undefined
  set: (value: string, lifeMs: number) => string
  clear: () => string
}

/** Behind a public https address the cookie is tied to it (`__Host-`, Secure); on plain loopback it cannot be. */
export function createSessionCookie({ url }: Pick<Config['http'], 'url'>): SessionCookie {
  const isSecure = url?.startsWith('https:') === true
  const name = isSecure ? '__Host-baton_session' : 'baton_session'
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  return {
    read(header) {
      const found = header?.split(/;\s*/).find((pair) => pair.startsWith(`${name}=`))
      return found?.slice(name.length + 1)
    },
    set: (value, lifeMs) => `${name}=${value}; Max-Age=${Math.floor(lifeMs / 1_000)}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  }
}
