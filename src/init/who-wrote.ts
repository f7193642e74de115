import { setTimeout as sleep } from 'node:timers/promises'

/** Somebody who wrote to the bot. */
export interface FoundWriter {
  id: number
  name: string
}

interface Update {
  message?: { chat?: { type?: string }; from?: { id?: number; first_name?: string; username?: string } }
}

const TELEGRAM = 'https://api.telegram.org'
/** The Bot API answers after this at the latest. */
const LONGEST_POLL_S = 50
const PAUSE_MS = 500

/**
 * Waits for the first person who writes to the bot in a chat of their own, and says who it was. Nothing is confirmed to
 * Telegram, so Baton gets the message again when it starts. Undefined: nobody did in time, or the bot is busy elsewhere.
 */
export async function whoWrote(options: {
  token: string
  apiRoot?: string | undefined
  fetch: typeof fetch
  patienceMs: number
}): Promise<FoundWriter | undefined> {
  const { token, apiRoot = TELEGRAM, patienceMs } = options
  const deadline = performance.now() + patienceMs
  try {
    for (let left = patienceMs; left > 0; left = deadline - performance.now()) {
      const seconds = Math.min(LONGEST_POLL_S, Math.ceil(left / 1000))
      const query = `timeout=${seconds}&allowed_updates=${encodeURIComponent('["message"]')}`
      const url = `${apiRoot}/bot${token}/getUpdates?${query}`
      const response = await options.fetch(url, { signal: AbortSignal.timeout(seconds * 1000 + 5_000) })
      const body = (await response.json()) as { ok?: boolean; result?: Update[] }
      if (!body.ok) return undefined
      const writer = latestWriter(body.result ?? [])
      if (writer) return writer
      // Other updates come back at once, again and again: none of them is confirmed here.
      await sleep(PAUSE_MS)
    }
  } catch {
    // Whatever is wrong with the network, the id can be typed.
  }
  return undefined
}

function latestWriter(updates: Update[]): FoundWriter | undefined {
  const message = updates.findLast((update) => update.message?.chat?.type === 'private')?.message
  if (!message?.from?.id) return undefined
  const { id, first_name, username } = message.from
  return { id, name: [first_name, username && `@${username}`].filter(Boolean).join(' ') }
}
