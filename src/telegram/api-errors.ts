import { GrammyError, HttpError } from 'grammy/web'
import { type CallTrouble, callTroubleText, DEFAULT_FLOOD_MS, networkTrouble } from '../chat/call-trouble.ts'

/** Why a call failed, as far as it matters for what to do next. Holds no URL and therefore no token. */
export type ApiTrouble =
  | CallTrouble
  /** Somebody else polls, or a webhook is set. */
  | { kind: 'conflict'; description: string }
  /** The token is wrong, or the address is not that of a Bot API. */
  | { kind: 'unauthorized'; description: string }
  | { kind: 'refused'; code: number; description: string; movedTo?: number }

/** The only error that leaves the connection to Telegram; grammY's own hold the token or what was sent. */
export class TelegramError extends Error {
  trouble: ApiTrouble

  constructor(method: string, trouble: ApiTrouble) {
    super(`${method}: ${troubleText(trouble)}`)
    this.name = 'TelegramError'
    this.trouble = trouble
  }
}

/** A line for people and logs. */
export function troubleText(trouble: ApiTrouble): string {
  switch (trouble.kind) {
    case 'conflict':
      return trouble.description
    case 'unauthorized':
      return `${trouble.description}: TELEGRAM_BOT_TOKEN is wrong, or TELEGRAM_API_ROOT is not a Bot API`
    case 'refused':
      return `${trouble.code} ${trouble.description}`
    default:
      return callTroubleText(trouble, 'Telegram')
  }
}

/** What went wrong, from anything that was thrown. */
export function troubleOf(error: unknown): ApiTrouble {
  if (error instanceof TelegramError) return error.trouble
  if (error instanceof GrammyError) return troubleOfRefusal(error)
  if (error instanceof HttpError) return troubleOnTheWay(error.error)
  return { kind: 'in-doubt', code: error instanceof Error ? error.name : 'unknown' }
}

/** Reads a refusal of the server. */
export function troubleOfRefusal(answer: Pick<GrammyError, 'error_code' | 'description' | 'parameters'>): ApiTrouble {
  const { error_code: code, description, parameters } = answer
  if (code === 429) {
    const seconds = parameters?.retry_after
    return { kind: 'flood', retryAfterMs: seconds === undefined ? DEFAULT_FLOOD_MS : seconds * 1000 }
  }
  if (code >= 500) return { kind: 'in-doubt', code: String(code) }
  if (code === 409) return { kind: 'conflict', description }
  if (code === 401 || code === 404) return { kind: 'unauthorized', description }
  const movedTo = parameters?.migrate_to_chat_id
  return { kind: 'refused', code, description, ...(movedTo !== undefined && { movedTo }) }
}

/** Marks the errors of a connection that was never made; see agent.ts. */
export const WHILE_CONNECTING = '_WHILE_CONNECTING'

function troubleOnTheWay(cause: unknown): ApiTrouble {
  const { code, name } = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    code?: unknown
    name?: unknown
  }
  const word = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
  if (word.endsWith(WHILE_CONNECTING)) return { kind: 'unreached', code: word.slice(0, -WHILE_CONNECTING.length) }
  return networkTrouble(word)
}
