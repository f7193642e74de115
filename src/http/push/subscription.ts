import { z } from 'zod'

/** A browser that wants notifications, as its `PushSubscription` says itself. */
export const subscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/, error: 'must be an https address' }).max(2_000),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{87}=?$/, 'must be a P-256 key in base64url'),
    auth: z.string().regex(/^[\w-]{22}={0,2}$/, 'must be 16 bytes in base64url'),
  }),
})
export type Subscription = z.output<typeof subscriptionSchema>
