/** Whom to greet, and with what. */
export interface GreetRequest {
  token: string
  apiRoot?: string | undefined
  /** Numeric ids, separated by commas: somebody's private chat with the bot has their id. */
  users: string
  text: string
  fetch: typeof fetch
}

const TELEGRAM = 'https://api.telegram.org'
const TIMEOUT_MS = 10_000

/**
 * Writes to each allowed user, so that they see on their phone that it works. Returns how many it reached: a bot may only
 * write to who has written to it, and whatever else is wrong shows when the daemon starts.
 */
export async function greetUsers({ token, apiRoot = TELEGRAM, users, text, fetch }: GreetRequest): Promise<number> {
  const ids = users.split(',').flatMap((id) => (/^\d+$/.test(id.trim()) ? [Number(id)] : []))
  const reached = await Promise.all(
    ids.map(async (id) => {
      try {
        const response = await fetch(`${apiRoot}/bot${token}/sendMessage`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ chat_id: id, text }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        return response.ok
      } catch {
        return false
      }
    }),
  )
  return reached.filter(Boolean).length
}
