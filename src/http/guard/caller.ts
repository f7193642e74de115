import type { IncomingMessage } from 'node:http'
import { API, WEBHOOK } from '../../core/actors.ts'
import type { Actor } from '../../core/types.ts'
import { HttpFailure } from '../failure.ts'
import type { SessionCookie } from '../login/cookie.ts'
import type { LoginSession, Sessions } from '../login/session.ts'
import type { Attempts } from './attempts.ts'
import { requireOrigin } from './origin.ts'
import { isSame } from './same.ts'

/** The header in which the dashboard shows the key of its session. */
const KEY_HEADER = 'x-baton-key'

/** Finds out who calls; every method throws HttpFailure for callers who may not. */
export interface Gate {
  /** The API token, or a log-in with its key. */
  token: (req: Pick<IncomingMessage, 'headers' | 'method'>) => { by: Actor; session?: LoginSession }
  /** The webhook secret in a body. */
  secret: (body: unknown) => { by: Actor }
  /** Counts a wrong one-time code. */
  refuse: (message: string) => never
}

export interface GatePorts {
  apiToken: string
  webhookSecret?: string
  sessions: Sessions
  cookie: SessionCookie
  attempts: Attempts
}

export function createGate({ apiToken, webhookSecret, sessions, cookie, attempts }: GatePorts): Gate {
  const refuse = (message: string): never => {
    const waitS = attempts.fail()
    if (waitS === undefined) throw unauthorized(message)
    throw new HttpFailure(429, 'too-many-attempts', 'Too many failed logins; wait a moment.', {
      'Retry-After': String(waitS),
    })
  }
  return {
    refuse,
    token(req) {
      const { authorization } = req.headers
      if (authorization !== undefined) {
        const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
        return given !== undefined && isSame(given, apiToken) ? { by: API } : refuse('The API token is wrong.')
      }
      const value = cookie.read(req.headers.cookie)
      // Nothing was tried, so nothing is counted.
      if (value === undefined) throw unauthorized('An API token is required: Authorization: Bearer <API_TOKEN>.')
      const session = sessions.read(value)
      const key = req.headers[KEY_HEADER]
      if (!session || typeof key !== 'string' || !sessions.isKeyOf(session, key))
        return refuse('The session has ended; log in again.')
      requireOrigin(req)
      return { by: session.by, session }
    },
    secret(body) {
      if (webhookSecret === undefined) return refuse('The webhooks are turned off: WEBHOOK_SECRET is not set in .env.')
      const given = (body as { secret?: unknown } | null | undefined)?.secret
      return typeof given === 'string' && isSame(given, webhookSecret)
        ? { by: WEBHOOK }
        : refuse('The secret is wrong.')
    },
  }
}

const unauthorized = (message: string) =>
  new HttpFailure(401, 'unauthorized', message, { 'WWW-Authenticate': 'Bearer' })
