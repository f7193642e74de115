import type { Outcome, OutcomeKind } from '../../core/types.ts'
import { isOlder } from '../start/version.ts'
import { isEmpty } from '../stream/facts.ts'
import { present } from '../stream/json-shape.ts'
import type { ResultMessage } from '../stream/messages.ts'
import type { EndedProcess } from '../types.ts'
import { outcomeText } from './outcome-text.ts'

/** Errors of the service that are temporary. */
const PASSING = /^(server_error|overloaded|rate_limit|connection_failed|unknown)$/
const PASSING_TEXT =
  /\boverloaded\b|connection ?(error|refused|reset|closed)|unable to connect|\becon\w+|\betimedout|\benotfound|\beai_again|socket hang up|fetch failed|timed out|service unavailable|bad gateway|internal server error/i
const LOGIN = /^(authentication_failed|billing_error|oauth_org_not_allowed)$/
const LOGIN_TEXT =
  /please run \/login|not logged in|credit balance is too low|invalid (x-)?api[- ]key|failed to authenticate|oauth token (has expired|revoked)/i
const LIMIT_TEXT = /you['’]ve hit your .*limit|usage limit reached|limit reached.*resets/i

/** From this version on a resumed process reports the cost of its whole session, before it only its own. */
const COSTS_ADD_UP = [2, 1, 277]

/** What earlier processes of the same attempt took. */
export interface Before {
  turns: number
  costUsd: number
}

/**
 * Names how a process of an attempt ended. Only structured facts and the text of results marked as errors are looked at:
 * a transcript about limits or logins is never mistaken for one.
 */
export function classifyOutcome(ended: EndedProcess, before: Before = { turns: 0, costUsd: 0 }): Outcome {
  const { result } = ended
  const kind = kindOf(ended)
  const limit = ended.trouble?.kind === 'limit' ? ended.trouble : undefined
  return present({
    kind,
    text: outcomeText(kind, ended),
    result: result !== undefined && !result.isError && !isEmpty(result) ? result.text : undefined,
    sessionCostUsd: sessionCost(ended, before),
    turns: before.turns + ended.turns,
    resetsAt: kind === 'limit' ? (limit?.resetsAtMs ?? resetOf(result)) : undefined,
    limitType: kind === 'limit' ? limit?.limitType : undefined,
    plan: ended.plan.length > 0 ? ended.plan : undefined,
    exitCode: ended.exitCode,
    signal: ended.signal,
    session: sessionTrouble(ended),
  })
}

function sessionCost(ended: EndedProcess, before: Before): number | undefined {
  const costUsd = ended.result?.costUsd
  if (costUsd === undefined) return undefined
  return isOlder(ended.version, COSTS_ADD_UP) ? before.costUsd + costUsd : costUsd
}

function kindOf(ended: EndedProcess): OutcomeKind {
  const { result } = ended
  if (isDeferred(result) && ended.complete) return 'deferred'
  const good = result !== undefined && !result.isError && !isEmpty(result) && !isDeferred(result)
  // What it asked as it was being ended was refused by that, and by nobody: the end it came to is not to be trusted.
  const isRefused = ended.reason !== undefined && ended.openAsks.length > 0
  const acted = ended.acted || (result?.text.trim() ?? '') !== ''
  if (good && ended.complete && !isRefused && acted) return 'done'
  if (ended.reason === 'park') return 'parked'
  if (ended.reason !== undefined) return 'interrupted'
  if (result?.isError) {
    const kind = kindOfError(result, ended)
    // Claude ended its turn because a clock ran out: it was told to.
    return kind === 'interrupted' ? (limitReached(ended) ?? kind) : kind
  }
  const trouble = kindOfTrouble(ended)
  if (trouble !== undefined) return trouble
  const reached = limitReached(ended)
  if (reached !== undefined) return reached
  if (good) return acted ? 'done' : 'empty'
  return ended.exitCode === 0 ? 'no-result' : 'crashed'
}

/** It was ended because it took too long, or too much memory. */
function limitReached({ clock, overMemoryBytes }: EndedProcess): OutcomeKind | undefined {
  if (overMemoryBytes !== undefined) return 'over-memory'
  return clock !== undefined && clock !== 'exit' ? 'timeout' : undefined
}

/** Claude has put a call off: its session waits for the answer, and its task is not over. */
export function isDeferred(result: ResultMessage | undefined): boolean {
  return result?.deferred !== undefined || result?.stopReason === 'tool_deferred'
}

function kindOfError(result: ResultMessage, ended: EndedProcess): OutcomeKind {
  if (result.subtype === 'error_max_turns' || result.terminalReason === 'max_turns') return 'max-turns'
  if (result.subtype === 'error_max_budget_usd') return 'budget'
  if (result.terminalReason?.startsWith('aborted_')) return 'interrupted'
  const words = result.text
  const status = result.apiStatus
  const isLimit = ended.trouble?.kind === 'limit' || result.apiError === 'usage_limit_reached' || LIMIT_TEXT.test(words)
  if (isLimit && (status === undefined || status === 429)) return 'limit'
  if (status === 401 || status === 403 || LOGIN_TEXT.test(words)) return 'credentials'
  if (status !== undefined) return status === 429 || status === 408 || status >= 500 ? 'overloaded' : 'failed'
  // The tries that went before say it best: no answer of the model has followed them.
  const tries = kindOfTrouble(ended)
  if (tries !== undefined) return tries
  return PASSING.test(result.apiError ?? '') || PASSING_TEXT.test(words) ? 'overloaded' : 'failed'
}

/** It ended while the service refused it. */
function kindOfTrouble({ trouble }: EndedProcess): OutcomeKind | undefined {
  if (trouble === undefined) return undefined
  if (trouble.kind === 'limit') return 'limit'
  return LOGIN.test(trouble.error) || trouble.status === 401 || trouble.status === 403 ? 'credentials' : 'overloaded'
}

/** Older versions put the time of the reset into the text: `…limit reached|1795300000`, in seconds. */
function resetOf(result: ResultMessage | undefined): number | undefined {
  const seconds = /\|(\d{10})\b/.exec(result?.text ?? '')?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** Why the session could not be begun or continued as asked; another way of continuing it helps. */
function sessionTrouble(ended: EndedProcess): Outcome['session'] {
  if (ended.result?.errors.some((error) => error.startsWith('No conversation found'))) return 'missing'
  if (ended.result === undefined && /No conversation found/.test(ended.stderr)) return 'missing'
  if (ended.result === undefined && /Session ID .* is already in use/.test(ended.stderr)) return 'taken'
  return ended.clock === 'start' && ended.continuesDeferred && ended.result === undefined ? 'not-deferred' : undefined
}
