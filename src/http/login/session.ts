import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Actor } from '../../core/types.ts'
import { isSame } from '../guard/same.ts'

/** A log-in lasts this long; a new API token ends all of them at once. */
export const SESSION_LIFE_MS = 30 * 24 * 3_600_000

/** Who is logged in. */
export interface LoginSession {
  id: string
  by: Actor
  until: number
}

/** Makes and reads what a logged-in browser holds. */
export interface Sessions {
  /** The cookie's value, and the key that only the page at our own origin gets to keep. */
  create: (by: Actor) => { value: string; key: string; until: number }
  /** The session of a cookie's value; undefined for a forged, old or ended one. */
  read: (value: string) => LoginSession | undefined
  /** True for the key that was given out with this session. */
  isKeyOf: (session: LoginSession, key: string) => boolean
  end: (session: LoginSession) => void
}

/**
 * Sessions are signed with a key derived from the API token, so that they outlive a restart and nothing needs storing.
 * A cookie goes to every port of a host, other people's programs included; so it is worth nothing without the key, which
 * the page keeps where only its own origin can read it and sends in a header that no foreign page can set.
 */
export function createSessions(apiToken: string, now: () => number): Sessions {
  const secret = Buffer.from(hkdfSync('sha256', apiToken, '', 'baton dashboard session', 32))
  const ended = new Set<string>()
  const sign = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose}\0${text}`, 'utf8').digest('base64url')
  return {
    create(by) {
      const session: LoginSession = { id: randomBytes(18).toString('base64url'), by, until: now() + SESSION_LIFE_MS }
      const payload = Buffer.from(JSON.stringify(session), 'utf8').toString('base64url')
      return { value: `${payload}.${sign('cookie', payload)}`, key: sign('key', session.id), until: session.until }
    },
    read(value) {
      const [payload = '', signature = '', ...rest] = value.split('.')
      if (rest.length > 0 || !isSame(signature, sign('cookie', payload))) return undefined
      const session = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as LoginSession
      // One of an earlier version names nobody in the way that is needed now: its browser logs in again.
      const isOpen = session.by !== undefined && now() < session.until && !ended.has(session.id)
      return isOpen ? session : undefined
    },
    isKeyOf: (session, key) => isSame(key, sign('key', session.id)),
    end: (session) => void ended.add(session.id),
  }
}
