import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readPlainSync } from '../../files/plain.ts'
import { writePrivate } from '../../files/private.ts'

/** A browser that wants notifications, as its `PushSubscription` says itself. */
export const subscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/, error: 'must be an https address' }).max(2_000),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{87}=?$/, 'must be a P-256 key in base64url'),
    auth: z.string().regex(/^[\w-]{22}={0,2}$/, 'must be 16 bytes in base64url'),
  }),
})
export type Subscription = z.output<typeof subscriptionSchema>

const pushMemorySchema = z.object({
  /** Who we are to push services; browsers subscribe to exactly this key. */
  vapid: z.object({ publicKey: z.string(), privateKey: z.string() }).optional(),
  subscriptions: z.array(subscriptionSchema).default([]),
  /** Place of the newest event that was sent. */
  place: z.int().optional(),
})
export type PushMemory = z.output<typeof pushMemorySchema>

/** What is remembered of push messages, in a file of the state folder that only the user can read. */
export function createPushMemory(stateDir: string): { read: () => PushMemory; write: (kept: PushMemory) => void } {
  const path = join(stateDir, 'push.json')
  let kept: PushMemory | undefined
  return {
    read() {
      kept ??= existsSync(path)
        ? pushMemorySchema.parse(JSON.parse(readPlainSync(path).toString('utf8')))
        : { subscriptions: [] }
      return kept
    },
    write(next) {
      writePrivate(path, `${JSON.stringify(next, undefined, 2)}\n`)
      kept = next
    },
  }
}
