import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from 'grammy/web'
import type { AnswerTap } from '../chat/transport.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { cut } from '../text/cut.ts'
import { troubleOf } from './api-errors.ts'
import { signalFor } from './call-signal.ts'

/** The server takes at most 200 UTF-16 units. */
const MAX_ANSWER = 200
const TIMEOUT_MS = 10_000
const MOST_TRIES = 2

/**
 * Makes the answerer. It goes past the queue, because the tapped button spins until the answer is there; it never throws: an
 * answer that comes too late has nobody who waits for it.
 */
export function createTapAnswerer(api: Api, onTrouble?: (text: string) => void): AnswerTap {
  const never = new AbortController().signal
  let freeAt = 0
  const attempt = async (queryId: string, text: string | undefined, alert: boolean) => {
    const other = text === undefined ? {} : { text: cut(text, MAX_ANSWER), show_alert: alert }
    await withDeadline(never, TIMEOUT_MS, (signal) => api.answerCallbackQuery(queryId, other, signalFor(signal)))
  }
  /** After a 429: waits until it is over; false when nobody would wait for an answer that long. */
  const isFree = async (): Promise<boolean> => {
    for (;;) {
      const waitMs = freeAt - performance.now()
      if (waitMs <= 0) return true
      if (waitMs > TIMEOUT_MS) return false
      await sleep(waitMs, undefined, { ref: false })
    }
  }
  return async (queryId, text, alert = false) => {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      if (!(await isFree())) return
      try {
        return await attempt(queryId, text, alert)
      } catch (error) {
        const trouble = troubleOf(error)
        if (trouble.kind === 'flood') freeAt = Math.max(freeAt, performance.now() + trouble.retryAfterMs)
        else if (trouble.kind !== 'unreached' && trouble.kind !== 'in-doubt') return
        else if (tries === MOST_TRIES) onTrouble?.(String(error))
      }
    }
  }
}
