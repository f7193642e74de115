import { createHmac } from 'node:crypto'
import type { Carrier } from '../outbox/carrier.ts'
import { batchOf, paceOf } from './batch.ts'
import { classifyResponse } from './classify-response.ts'
import type { PostResult } from './post.ts'
import type { ReceiverTarget } from './receiver.ts'
import type { Notice } from './store.ts'

export interface CarryPorts {
  targets: readonly ReceiverTarget[]
  /** Posts once; never throws. */
  post: (
    request: { url: string; headers: Record<string, string>; body: string },
    signal: AbortSignal,
  ) => Promise<PostResult>
  /** Epoch milliseconds. */
  wallClock: () => number
  userAgent: string
}

/** A refused item is tried this often, so that one hiccup of a receiver loses nothing. */
const TRIES_OF_REFUSED = 3
/** What is older is given up, but only after real tries. */
export const PATIENCE = { ms: 7 * 86_400_000, tries: 20 }
/** To be left alone for a while is not trouble, to be asked again and again is. */
const CALM_TRIES = 2
const MOST_TOGETHER = 20

/** What a receiver answered that has not accepted a notification. */
class NotTaken extends Error {
  answer: PostResult
  constructor(answer: PostResult) {
    super('problem' in answer ? answer.problem : `answered ${answer.status}`)
    this.answer = answer
  }
}

/** How the stored notifications are posted to their receivers, in order, one request at a time each. */
export function carryByPost({ targets, post, wallClock, userAgent }: CarryPorts): Carrier<Notice> {
  const byId = new Map(targets.map((target) => [target.id, target]))
  const receiver = (id: string): ReceiverTarget => {
    const target = byId.get(id)
    if (!target) throw new Error(`No receiver ${id}`)
    return target
  }

  const headersFor = (
    target: ReceiverTarget,
    { id, told }: Notice,
    attempts: number,
    body: string,
  ): Record<string, string> => {
    const seconds = Math.floor(wallClock() / 1000)
    return {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'x-baton-event': 'event' in told ? told.event.type : told.notification.type,
      'x-baton-delivery': id,
      'x-baton-attempt': String(attempts + 1),
      'x-baton-timestamp': String(seconds),
      ...(target.secret !== undefined && { 'x-baton-signature': signature(target.secret, seconds, body) }),
    }
  }

  return {
    async carry(deliveries, _form, signal) {
      const [{ target: id, content, attempts }] = deliveries
      const target = receiver(id)
      const batch = batchOf(
        target.format,
        deliveries.map((delivery) => delivery.content.told),
      )
      const headers = headersFor(target, content, attempts, batch.body)
      const answer = await post({ url: target.url, headers, body: batch.body }, signal)
      if (classifyResponse(answer, wallClock()).kind !== 'done') throw new NotTaken(answer)
      return { count: batch.count }
    },
    classify(error, { attempts }) {
      const answer = error instanceof NotTaken ? error.answer : { problem: String(error) }
      const verdict = classifyResponse(answer, wallClock())
      if (verdict.kind !== 'again') return verdict
      return { ...verdict, inDoubt: false, ...(attempts >= CALM_TRIES && { isTrouble: true }) }
    },
    // The id of a delivery stays the same, so that its receiver knows a repetition.
    effectOf: () => 'tells',
    reach: async () => {},
    paceOf: (id) => paceOf(receiver(id).format),
    serverOf: (id) => id,
    triesOfRefused: TRIES_OF_REFUSED,
    patience: PATIENCE,
    lookAhead: MOST_TOGETHER,
  }
}

/**
 * Proves to a receiver who sent a request, and when: HMAC-SHA256 over `<timestamp>.<body>`, hex, as GitHub and Stripe do
 * it. `timestamp` is in seconds; a receiver refuses old ones.
 */
function signature(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
