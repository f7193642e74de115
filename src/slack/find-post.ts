import type { MessageRef } from '../chat/transport.ts'
import type { CallSlack } from './connection.ts'

interface Post {
  ts: string
  bot_id?: string
  metadata?: { event_payload?: { key?: string } }
  files?: { id: string; name?: string; size?: number }[]
}
interface Page {
  messages?: Post[]
  response_metadata?: { next_cursor?: string }
}

/** By its key; a document has none, and is known by its name and size. */
type Sought = { key: string } | { file: { name: string; bytes: number } }

/** Our clock and Slack's need not agree. */
const CLOCKS_MS = 120_000
const PAGE = 100
const MOST_PAGES = 5

/** Looks for a post of ours that may have arrived, in its channel or its thread. */
export async function findPost(
  call: CallSlack,
  { channel, thread_ts, since }: { channel: string; thread_ts?: string; since: number },
  sought: Sought,
  signal: AbortSignal,
): Promise<MessageRef | undefined> {
  const method = thread_ts === undefined ? 'conversations.history' : 'conversations.replies'
  const where = {
    channel,
    ...(thread_ts !== undefined && { ts: thread_ts }),
    oldest: String((since - CLOCKS_MS) / 1000),
  }
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const all = { ...where, limit: PAGE, include_all_metadata: true, ...(cursor && { cursor }) }
    const { messages = [], response_metadata: more } = await call<Page>(method, all, signal)
    for (const post of messages) {
      const found = post.bot_id === undefined ? undefined : refOf(post, sought)
      if (found !== undefined) return found
    }
    cursor = more?.next_cursor
    if (!cursor) return undefined
  }
  return undefined
}

function refOf({ ts, metadata, files = [] }: Post, sought: Sought): MessageRef | undefined {
  if ('key' in sought) return sought.key !== '' && metadata?.event_payload?.key === sought.key ? ts : undefined
  return files.find(({ name, size }) => name === sought.file.name && size === sought.file.bytes)?.id
}
