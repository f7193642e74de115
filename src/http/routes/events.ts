import { z } from 'zod'
import { PLACE, readPlace } from '../events/place.ts'
import { HttpFailure } from '../failure.ts'
import type { Parts } from '../parts.ts'
import { defineRoute, type Route } from '../route.ts'

/** The stream of what happens. */
export function eventRoutes({ hub, gate }: Parts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/events',
      access: 'token',
      summary: 'Server-sent events from Last-Event-ID (or ?after=) on, none missed; without either from now on',
      query: z.object({ after: z.string().regex(PLACE).optional() }),
      answers: {
        200: {
          description: 'Stored events as JSON, each with its place as id; those of other machines say which (machine)',
          type: 'text/event-stream',
        },
      },
      handle: ({ req, res, query }) => {
        // A browser that comes back sends the header beside the address it began with: the header is newer.
        const last = req.get('Last-Event-ID')
        if (last !== undefined && last !== '' && !PLACE.test(last))
          throw new HttpFailure(400, 'invalid', 'Last-Event-ID must be the id of an event of this stream.')
        const after = last || query.after
        if (req.method === 'HEAD') return { text: '', type: 'text/event-stream; charset=utf-8' }
        const { session } = gate.token(req)
        if (!hub.add(res, after === undefined ? undefined : readPlace(after), session?.id))
          throw new HttpFailure(429, 'too-many-followers', 'Too many clients already follow the events.', {
            'Retry-After': '10',
          })
        return undefined
      },
    }),
  ]
}
