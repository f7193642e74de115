import { type CallTrouble, callTroubleText, DEFAULT_FLOOD_MS, networkTrouble } from '../chat/call-trouble.ts'
import { isNeverSentCode } from '../network-errors.ts'

/** Why a call failed, as far as it matters for what to do next. Holds no token, and nothing that was sent. */
export type SlackTrouble =
  | CallTrouble
  /** Slack's word for why it refuses, and which scope it wants. */
  | { kind: 'refused'; error: string; needed?: string }

/** The only error that leaves the connection to Slack; those of its client hold headers or what was sent. */
export class SlackCallError extends Error {
  trouble: SlackTrouble

  constructor(method: string, trouble: SlackTrouble) {
    super(`${method}: ${slackTroubleText(trouble)}`)
    this.name = 'SlackCallError'
    this.trouble = trouble
  }
}

const BAD_TOKEN = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_allowed_token_type',
])

/** The token is of no use, whatever is called with it. */
export const isBadToken = (error: string): boolean => BAD_TOKEN.has(error)

/** A line for people and logs. */
export function slackTroubleText(trouble: SlackTrouble): string {
  switch (trouble.kind) {
    case 'refused': {
      const { error, needed } = trouble
      if (isBadToken(error)) return `${error}: the token is wrong, was revoked, or is of another kind`
      return needed === undefined
        ? error
        : `${error}: the app needs the scope ${needed}; add it and install the app again`
    }
    default:
      return callTroubleText(trouble, 'Slack')
  }
}

/** Slack's own words for a failure of its own: it may have done what was asked. */
const ITS_OWN = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])

/** What went wrong, from anything that was thrown. */
export function slackTroubleOf(error: unknown): SlackTrouble {
  if (error instanceof SlackCallError) return error.trouble
  const { code, data, retryAfter, statusCode, original, cause } = fieldsOf(error)
  if (code === 'slack_webapi_rate_limited_error') {
    return { kind: 'flood', retryAfterMs: typeof retryAfter === 'number' ? retryAfter * 1000 : DEFAULT_FLOOD_MS }
  }
  if (code === 'slack_webapi_platform_error') return refusalIn(fieldsOf(data))
  if (code === 'slack_webapi_http_error') return { kind: 'in-doubt', code: `HTTP ${String(statusCode)}` }
  return troubleOnTheWay([error, original, cause, fieldsOf(original).cause])
}

function refusalIn({ error, needed }: Record<string, unknown>): SlackTrouble {
  // What is no word of Slack's is the page of a proxy.
  if (typeof error !== 'string' || !/^[a-z_]{2,60}$/.test(error)) return { kind: 'in-doubt', code: 'not an answer' }
  if (error === 'ratelimited' || error === 'rate_limited') return { kind: 'flood', retryAfterMs: DEFAULT_FLOOD_MS }
  if (ITS_OWN.has(error)) return { kind: 'in-doubt', code: error }
  return { kind: 'refused', error, ...(typeof needed === 'string' && /^[\w:,. ]{1,200}$/.test(needed) && { needed }) }
}

function troubleOnTheWay(errors: unknown[]): SlackTrouble {
  const codes = errors.map((one) => fieldsOf(one).code).filter((code) => typeof code === 'string')
  const known = codes.find((code) => isNeverSentCode(code)) ?? codes.find((code) => /^[A-Z_]{3,40}$/.test(code))
  return networkTrouble(known ?? 'no answer')
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
