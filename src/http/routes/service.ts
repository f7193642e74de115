import { basePathOf } from '../base-path.ts'
import { healthOf } from '../health.ts'
import { metricsText } from '../metrics/text.ts'
import { openApiDocument } from '../openapi.ts'
import type { Parts } from '../parts.ts'
import { defineRoute, type Route } from '../route.ts'
import { health } from '../schemas/overview.ts'

/** Routes about Baton itself. `routes` gives the whole table, these included. */
export function serviceRoutes(parts: Parts, routes: () => readonly Route[]): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/health',
      access: 'open',
      summary: 'Whether the worker and the poller of the bot are alive',
      answers: {
        200: { description: 'Alive', schema: health },
        503: { description: 'The worker or the poller is dead', schema: health },
      },
      handle: () => {
        const json = healthOf(parts)
        return { status: json.status === 'ok' ? 200 : 503, json }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      access: 'token',
      summary: 'Queue, states, durations, cost and waiting times for Prometheus',
      answers: { 200: { description: 'Prometheus text format', type: 'text/plain' } },
      handle: () => ({ text: parts.redact(metricsText(parts)), type: 'text/plain; version=0.0.4; charset=utf-8' }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/openapi.json',
      access: 'token',
      summary: 'This description',
      answers: { 200: { description: 'An OpenAPI 3.1 document' } },
      handle: () => ({
        json: openApiDocument(routes(), {
          version: parts.version,
          base: basePathOf(parts.config.http.url),
          cookie: parts.cookie.name,
        }),
      }),
    }),
  ]
}
