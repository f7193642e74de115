import { type CallTrouble, callTroubleText, DEFAULT_FLOOD_MS, networkTrouble } from '../chat/call-trouble.ts'

/** Why a call failed, as far as it matters for what to do next. Holds no address, no token and nothing that was sent. */
export type DiscordTrouble =
  | CallTrouble
  /** The token is not valid. */
  | { kind: 'unauthorized' }
  /** `code`: Discord's own, of JSON. */
  | { kind: 'refused'; status: number; code: number; description: string }

/** The only error that leaves the connection to Discord; the library's own hold the address and what was sent. */
export class DiscordError extends Error {
  trouble: DiscordTrouble

  constructor(call: string, trouble: DiscordTrouble) {
    super(`${call}: ${discordTroubleText(trouble)}`)
    this.name = 'DiscordError'
    this.trouble = trouble
  }
}

/** A line for people and logs. */
export function discordTroubleText(trouble: DiscordTrouble): string {
  switch (trouble.kind) {
    case 'unauthorized':
      return 'Discord does not accept DISCORD_TOKEN: copy a new one from the Bot page of discord.com/developers, or correct DISCORD_API_URL'
    case 'refused':
      return `${trouble.status} ${trouble.description} (${trouble.code})`
    default:
      return callTroubleText(trouble, 'Discord')
  }
}

/** What went wrong, from anything that was thrown; pure. */
export function discordTroubleOf(error: unknown): DiscordTrouble {
  if (error instanceof DiscordError) return error.trouble
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const name = error instanceof Error ? error.name : 'unknown'
  if (name.startsWith('RateLimitError')) {
    const ms = Math.max(Number(fields.retryAfter ?? 0), Number(fields.timeToReset ?? 0))
    // The library counts by the machine's clock, which may have jumped.
    return { kind: 'flood', retryAfterMs: ms > 0 ? Math.min(ms, LONGEST_FLOOD_MS) : DEFAULT_FLOOD_MS }
  }
  const { status } = fields
  if (name.startsWith('DiscordAPIError') && typeof status === 'number') return refusal(status, fields)
  if (name.startsWith('HTTPError') && typeof status === 'number') return { kind: 'in-doubt', code: String(status) }
  return networkTrouble(codeIn(fields) ?? name)
}

const LONGEST_FLOOD_MS = 3_600_000
const DESCRIPTION_UNITS = 300

function refusal(status: number, { code, rawError }: Record<string, unknown>): DiscordTrouble {
  if (status === 401) return { kind: 'unauthorized' }
  const raw = (typeof rawError === 'object' && rawError !== null ? rawError : {}) as {
    message?: unknown
    errors?: unknown
  }
  const where = raw.errors === undefined ? '' : `: ${JSON.stringify(raw.errors)}`
  const description = `${typeof raw.message === 'string' ? raw.message : 'refused'}${where}`.slice(0, DESCRIPTION_UNITS)
  return { kind: 'refused', status, code: typeof code === 'number' ? code : 0, description }
}

/** Of the error, or of what caused it. */
function codeIn({ code, cause }: Record<string, unknown>): string | undefined {
  if (typeof code === 'string') return code
  const below = (typeof cause === 'object' && cause !== null ? cause : {}) as { code?: unknown }
  return typeof below.code === 'string' ? below.code : undefined
}
