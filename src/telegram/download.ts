import type { Api } from 'grammy/web'
import type { Transport } from '../chat/transport.ts'
import { withDeadline } from '../outbox/deadline.ts'
import { createAgent } from './agent.ts'
import { TelegramError } from './api-errors.ts'
import { signalFor } from './call-signal.ts'
import { createFetch } from './fetch.ts'

/** getFile hands out at most this much. */
export const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
const TIMEOUT_MS = 120_000

/** Makes the download for one bot. Throws a TelegramError, which holds no address and so no token; a file grows no larger here than the server says a file can be. */
export function createDownload({
  api,
  token,
  apiRoot = 'https://api.telegram.org',
}: {
  api: Api
  token: string
  apiRoot?: string
}): Transport['download'] {
  const never = new AbortController().signal
  const root = `${apiRoot.replace(/\/+$/, '')}/file/bot${token}`
  const fetch = createFetch(createAgent(apiRoot))
  return (fileId) =>
    withDeadline(never, TIMEOUT_MS, async (signal) => {
      const { file_path: path } = await api.getFile(fileId, signalFor(signal))
      const failed = (code: string) => new TelegramError('download', { kind: 'in-doubt', code })
      const network = () => {
        throw failed('network')
      }
      const response = await fetch(`${root}/${path ?? ''}`, { signal }).catch(network)
      if (!response.ok) {
        response.body.destroy()
        throw failed(String(response.status))
      }
      const chunks: Buffer[] = []
      let bytes = 0
      const take = async () => {
        for await (const chunk of response.body) {
          bytes += chunk.length
          if (bytes > MAX_DOWNLOAD_BYTES) return
          chunks.push(chunk)
        }
      }
      await take().catch(network)
      if (bytes > MAX_DOWNLOAD_BYTES) throw failed('too large')
      return Buffer.concat(chunks)
    })
}
