import type { Transport } from '../chat/transport.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { DiscordError } from './api-errors.ts'

/** More than a person without a subscription can send. */
export const DISCORD_DOWNLOAD_BYTES = 20 * 1024 * 1024
const TIMEOUT_MS = 120_000
const HOSTS: ReadonlySet<string> = new Set(['cdn.discordapp.com', 'media.discordapp.net'])

/** Makes the download of what people sent, by its address; only from Discord, or from where the API is set to be. */
export function createDiscordDownload(apiUrl: string | undefined): Transport['download'] {
  const never = new AbortController().signal
  const own = apiUrl === undefined ? undefined : new URL(apiUrl).host
  const failed = (code: string) => new DiscordError('download', { kind: 'in-doubt', code })
  return (address) =>
    withDeadline(never, TIMEOUT_MS, async (signal) => {
      const url = URL.canParse(address) ? new URL(address) : undefined
      const isOfDiscord = url?.protocol === 'https:' && HOSTS.has(url.host)
      if (!url || !(isOfDiscord || url.host === own)) throw failed('not an address of Discord')
      const response = await fetch(url, { signal, redirect: 'error' }).catch(() => {
        throw failed('network')
      })
      if (!response.ok || !response.body) throw failed(String(response.status))
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of response.body) {
        bytes += chunk.length
        if (bytes > DISCORD_DOWNLOAD_BYTES) throw failed('too large')
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    })
}
