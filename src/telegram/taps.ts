import type { Api } from 'grammy'
import { withDeadline } from './deadline.ts'
import { cut } from './render/cut.ts'
import { troubleOf } from './trouble.ts'

/** The server takes at most 200 UTF-16 units. */
const MAX_ANSWER = 200
const TIMEOUT_MS = 10_000

/** Answers a tap: the small word at the top of the screen, or (alert) a box to be closed. */
export type AnswerTap = (queryId: string, text?: string, alert?: boolean) => Promise<void>

/**
 * Makes the answerer. It goes past the queue, because the tapped button spins until the answer is there; it never throws: an
 * answer that comes too late has nobody who waits for it.
 */
export function createTapAnswerer(api: Api, onTrouble?: (text: string) => void): AnswerTap {
  const never = new AbortController().signal
  const attempt = async (queryId: string, text: string | undefined, alert: boolean) => {
    const other = text === undefined ? {} : { text: cut(text, MAX_ANSWER), show_alert: alert }
    await withDeadline(never, TIMEOUT_MS, (signal) => api.answerCallbackQuery(queryId, other, signal))
  }
  return async (queryId, text, alert = false) => {
    try {
      await attempt(queryId, text, alert)
    } catch (first) {
      const trouble = troubleOf(first)
      if (trouble.kind !== 'unreached' && trouble.kind !== 'in-doubt') return
      await attempt(queryId, text, alert).catch((second: unknown) => onTrouble?.(String(second)))
    }
  }
}
