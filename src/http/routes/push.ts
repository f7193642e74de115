import { z } from 'zod'
import type { Parts } from '../parts.ts'
import { subscriptionSchema } from '../push/subscription.ts'
import { defineRoute, type Route } from '../route.ts'

const done = z.object({ status: z.literal('ok') })

/** Browsers that want notifications of asks while their page is closed. */
export function pushRoutes({ push }: Parts): Route[] {
  const access = 'token' as const
  return [
    defineRoute({
      method: 'get',
      path: '/api/push',
      access,
      summary: 'The key that a browser subscribes to for push messages; null where pages are not served over https',
      answers: { 200: { description: 'The key', schema: z.object({ public_key: z.string().nullable() }) } },
      handle: async () => ({ json: { public_key: (await push.publicKey()) ?? null } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/push/subscribe',
      access,
      summary: 'Send push messages about questions to a browser, by its subscription',
      body: subscriptionSchema,
      answers: { 200: { description: 'Subscribed', schema: done } },
      handle: async ({ body }) => {
        await push.subscribe(body)
        return { json: { status: 'ok' } }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/push/unsubscribe',
      access,
      summary: 'Send no more push messages to a browser',
      body: z.object({ endpoint: z.string().max(2_000) }),
      answers: { 200: { description: 'Unsubscribed', schema: done } },
      handle: ({ body }) => {
        if (push.isSubscribed(body.endpoint)) push.unsubscribe(body.endpoint)
        return { json: { status: 'ok' } }
      },
    }),
  ]
}
