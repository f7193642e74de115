import { Api } from 'grammy/web'
import { createAgent } from './agent.ts'
import { TelegramError, troubleOf, troubleOfRefusal } from './api-errors.ts'
import { createFetch } from './fetch.ts'

export interface ConnectionOptions {
  token: string
  /** Default: Telegram's own. */
  apiRoot?: string
  /** For a name lookup, TCP and TLS together. */
  connectTimeoutMs?: number
}

/** Longer than any call may take; each caller ends its own calls earlier. */
const LAST_RESORT_TIMEOUT_S = 600

/**
 * Connects to the Bot API: grammY's client, except that everything it throws is a TelegramError, which holds neither the
 * token nor what was sent.
 */
export function connectTelegram({
  token,
  apiRoot = 'https://api.telegram.org',
  connectTimeoutMs,
}: ConnectionOptions): Api {
  const root = apiRoot.replace(/\/+$/, '')
  const api = new Api(token, {
    apiRoot: root,
    timeoutSeconds: LAST_RESORT_TIMEOUT_S,
    fetch: createFetch(createAgent(root, connectTimeoutMs)) as unknown as typeof fetch,
  })
  api.config.use(async (previous, method, payload, signal) => {
    const answer = await previous(method, payload, signal).catch((error: unknown) => {
      throw new TelegramError(method, troubleOf(error))
    })
    if (!answer.ok)
      throw new TelegramError(method, troubleOfRefusal({ ...answer, parameters: answer.parameters ?? {} }))
    return answer
  })
  return api
}
