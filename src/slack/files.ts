import type { Sendable } from '../chat/transport.ts'
import { cut } from '../text/cut.ts'
import { withEntities } from '../text/inert/entities.ts'
import { SlackCallError, slackTroubleOf } from './api-errors.ts'
import type { CallSlack } from './connection.ts'

/** What a person sends is taken up to this size. */
export const SLACK_DOWNLOAD_BYTES = 50 * 1024 * 1024
/** Slack's own limit. */
export const SLACK_UPLOAD_BYTES = 1024 ** 3
const TIMEOUT_MS = 120_000
const CAPTION_UNITS = 3_000

/** The name under which Slack gets a file. */
export const nameOnSlack = (name: string): string => name.replace(/[\r\n/\\]+/g, '_').slice(0, 200)

type Document = Extract<Sendable, { document: unknown }>

/** Brings a document to a channel: a place for it is asked for, it goes there, and then it is shown. Gives its id. */
export async function uploadDocument(
  call: CallSlack,
  channel: string,
  { document, caption, thread }: Document,
  signal: AbortSignal,
): Promise<string> {
  const bytes = Buffer.from(document.content)
  const filename = nameOnSlack(document.name)
  const place = await call<{ upload_url: string; file_id: string }>(
    'files.getUploadURLExternal',
    { filename, length: bytes.length },
    signal,
  )
  const sent = await fetch(place.upload_url, {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
    redirect: 'error',
    signal,
  }).catch((error: unknown) => {
    throw unseen('upload', error)
  })
  await sent.body?.cancel()
  if (!sent.ok) throw new SlackCallError('upload', { kind: 'unreached', code: `HTTP ${sent.status}` })
  await call(
    'files.completeUploadExternal',
    {
      files: [{ id: place.file_id, title: filename }],
      channel_id: channel,
      ...(caption !== undefined && { initial_comment: withEntities(cut(caption, CAPTION_UNITS)) }),
      ...(thread !== undefined && { thread_ts: thread }),
    },
    signal,
  )
  return place.file_id
}

/** Until it is shown nobody sees anything of it, so a new try is no second one. */
function unseen(what: string, error: unknown): SlackCallError {
  const trouble = slackTroubleOf(error)
  return new SlackCallError(what, { kind: 'unreached', code: 'code' in trouble ? trouble.code : 'no answer' })
}

interface FileInfo {
  file: { url_private_download?: string; url_private?: string; size?: number }
}

/** Makes the download of files that people sent: only from Slack, since it takes the bot's token along. */
export function createSlackDownload(call: CallSlack, token: string, apiUrl: string | undefined) {
  return async (fileId: string): Promise<Buffer> => {
    const failed = (code: string) => new SlackCallError('download', { kind: 'in-doubt', code })
    const { file } = await call<FileInfo>('files.info', { file: fileId })
    const url = file.url_private_download ?? file.url_private
    if (url === undefined || !isSlacks(url, apiUrl)) throw failed('no address of Slack')
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal,
    }).catch(() => {
      throw failed('network')
    })
    if (!response.ok || !response.body) throw failed(`HTTP ${response.status}`)
    // Without the scope Slack answers with the page to log in.
    if (response.headers.get('content-type')?.startsWith('text/html'))
      throw failed('the app needs the scope files:read')
    const chunks: Uint8Array[] = []
    let bytes = 0
    try {
      for await (const chunk of response.body) {
        bytes += chunk.length
        if (bytes > SLACK_DOWNLOAD_BYTES) break
        chunks.push(chunk)
      }
    } catch {
      throw failed('network')
    }
    if (bytes > SLACK_DOWNLOAD_BYTES) throw failed('too large')
    return Buffer.concat(chunks)
  }
}

function isSlacks(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin } = new URL(url)
  if (apiUrl !== undefined && origin === new URL(apiUrl).origin) return true
  return protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com'))
}
