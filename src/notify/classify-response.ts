import type { PostResult } from './post.ts'

/** What to do with what was sent. */
export type ResponseVerdict =
  | { kind: 'done' }
  /** The receiver is away, or wants to be left alone for a while. */
  | { kind: 'again'; why: string; waitMs?: number }
  /** It does not take this one; the next may be another matter. */
  | { kind: 'refused'; why: string }

/** Statuses that speak of the content. All others pass: a workflow that is turned off answers 404, too. */
const REFUSALS = new Set([400, 413, 414, 415, 422])
const DEFAULT_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000

/** `now` is epoch milliseconds, for a Retry-After that names a date. */
export function classifyResponse(answer: PostResult, now: number): ResponseVerdict {
  if ('problem' in answer) return { kind: 'again', why: answer.problem }
  const { status, retryAfter } = answer
  if ((status >= 200 && status < 300) || status === 303) return { kind: 'done' }
  const why = `answered ${status}`
  if (status === 429) return { kind: 'again', why, waitMs: waitOf(retryAfter, now) ?? DEFAULT_WAIT_MS }
  if (REFUSALS.has(status)) return { kind: 'refused', why }
  const waitMs = waitOf(retryAfter, now)
  return { kind: 'again', why, ...(waitMs !== undefined && { waitMs }) }
}

function waitOf(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined
  const seconds = Number(retryAfter)
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - now
  return Number.isFinite(waitMs) ? Math.min(Math.max(Math.ceil(waitMs), 0), LONGEST_WAIT_MS) : undefined
}
