import type { Reply } from '../../core/inputs.ts'
import { done } from '../replies.ts'
import type { RouteAnswer } from '../route.ts'

export const IDLE = { status: 'idle', message: 'No active session' } as const

/** A command that was carried out, as the predecessor answered it, with further fields. */
export const ok = (message: string, more: object = {}): RouteAnswer => ({ json: { status: 'ok', message, ...more } })

/**
 * The answer to a command about the current run. Without one there is nothing to do and nothing wrong, as the predecessor has
 * it. Throws HttpFailure for a command that was refused.
 */
export function answerTo(reply: Reply, isAnyOpen: boolean): RouteAnswer {
  const isNothingThere = !reply.ok && (reply.code === 'idle' || (reply.code === 'nothing-to-do' && !isAnyOpen))
  return isNothingThere ? { json: IDLE } : ok(done(reply).text, { ...(reply.data && { data: reply.data }) })
}
