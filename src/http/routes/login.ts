import { z } from 'zod'
import { DASHBOARD } from '../../core/actors.ts'
import type { Actor } from '../../core/types.ts'
import { isSame } from '../guard/same.ts'
import { SESSION_LIFE_MS } from '../login/session.ts'
import type { Parts } from '../parts.ts'
import { iso } from '../present/moment.ts'
import { defineRoute, type Route } from '../route.ts'

const loginBody = z.union([
  z.object({ code: z.string().min(1).max(200) }),
  z.object({ token: z.string().min(1).max(4_096) }),
])

const loggedIn = z.object({
  who: z.string(),
  /** To be sent as X-Baton-Key with every request that the cookie stands for. */
  key: z.string(),
  until: z.iso.datetime(),
})

/** Logging a browser in and out. */
export function loginRoutes({ gate, sessions, cookie, codes, hub, apiToken, linkFor }: Parts): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/login',
      access: 'open',
      summary: 'Exchange a one-time code, or the API token, for a session cookie and its key',
      body: loginBody,
      answers: { 200: { description: 'Logged in', schema: loggedIn } },
      handle: ({ body, res }) => {
        let by: Actor | undefined
        if ('code' in body) by = codes.redeem(body.code)
        else if (isSame(body.token, apiToken)) by = DASHBOARD
        if (by === undefined) {
          return gate.refuse('code' in body ? 'This link has expired or was already used.' : 'The API token is wrong.')
        }
        const { value, key, until } = sessions.create(by)
        res.setHeader('Set-Cookie', cookie.set(value, SESSION_LIFE_MS))
        return { json: { who: by.name, key, until: iso(until) } }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/login-link',
      access: 'token',
      summary: 'A link that logs in one browser, once, within ten minutes',
      body: z.object({}),
      answers: { 200: { description: 'The link', schema: z.object({ link: z.string() }) } },
      handle: () => ({ json: { link: linkFor(DASHBOARD) } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/logout',
      access: 'token',
      summary: 'End this session',
      body: z.object({}),
      answers: { 200: { description: 'Logged out', schema: z.object({ status: z.literal('ok') }) } },
      handle: ({ req, res }) => {
        const { session } = gate.token(req)
        if (session) {
          sessions.end(session)
          hub.endOf(session.id)
        }
        res.setHeader('Set-Cookie', cookie.clear())
        return { json: { status: 'ok' } }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/session',
      access: 'token',
      summary: 'Who is logged in',
      answers: { 200: { description: 'The caller', schema: z.object({ who: z.string() }) } },
      handle: ({ by }) => ({ json: { who: by.name } }),
    }),
  ]
}
