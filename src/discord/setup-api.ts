import { networkCode } from '../network-errors.ts'

const DISCORD = 'https://discord.com/api'
const PATIENCE_MS = 8_000

/** What Discord answered; never the token, and no address. */
export type DiscordAnswer<T> = { result: T } | { refused: number; code?: number } | { unreachable: string }

/** A call with the bot's token. */
export interface DiscordRequest {
  token: string
  apiUrl: string | undefined
  fetch: typeof fetch
}

/** Asks Discord's API. Never throws. */
export async function askDiscord<T>(
  { token, apiUrl, fetch: fetchIt }: DiscordRequest,
  path: string,
  body?: object,
): Promise<DiscordAnswer<T>> {
  try {
    const response = await fetchIt(`${(apiUrl ?? DISCORD).replace(/\/+$/, '')}/v10${path}`, {
      headers: { Authorization: `Bot ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const answer = (await response.json()) as T & { code?: number }
    if (response.ok) return { result: answer }
    const { status } = response
    if (status >= 500) return { unreachable: `it answered ${status}` }
    return { refused: status, ...(typeof answer.code === 'number' && { code: answer.code }) }
  } catch (error) {
    return { unreachable: networkCode(error) }
  }
}

/** The switch “Message Content Intent” on the bot's page, of small bots and of large ones. */
export const MAY_READ_CONTENT = (1 << 18) | (1 << 19)

/** What the bot does in its channel, and the permission that it takes. */
export const PERMISSIONS_THERE: readonly (readonly [name: string, bit: bigint])[] = [
  ['View Channels', 1n << 10n],
  ['Send Messages', 1n << 11n],
  ['Embed Links', 1n << 14n],
  ['Attach Files', 1n << 15n],
  ['Read Message History', 1n << 16n],
  ['Create Public Threads', 1n << 35n],
  ['Send Messages in Threads', 1n << 38n],
]

/** Where somebody who manages a server lets the bot in, with all that it needs. */
export function inviteLink(applicationId: string): string {
  const permissions = PERMISSIONS_THERE.reduce((all, [, bit]) => all | bit, 0n)
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${permissions}`
}
