import { isBadToken, slackTroubleOf } from './api-errors.ts'
import type { CallSlack } from './connection.ts'
import { type Heard, readSlackMessage } from './heard.ts'

interface Message {
  ts: string
  latest_reply?: string
}
interface Page {
  messages?: Message[]
  response_metadata?: { next_cursor?: string }
}
interface Reactions {
  message?: { reactions?: { name: string; users?: string[] }[] }
}

interface HistoryOptions {
  call: CallSlack
  /** Where people write to Baton. */
  channels: () => Promise<{ channel: string; isDirect: boolean }[]>
  /** Messages that open asks are shown in: their threads and the signs on them are read, however old they are. */
  asksIn: (channel: string) => string[]
  /** Up to where a channel was read; kept over restarts. */
  kept: { get: (channel: string) => string | undefined; set: (channel: string, ts: string) => void }
  /** True when it is new. */
  take: (heard: Heard) => boolean
  /** Part of it cannot be read: a message was deleted, somebody has left. */
  onRefused: (text: string) => void
}

const PAGE = 100
const MOST_PAGES = 20
/** What Slack shows late is not passed over. */
const OVERLAP_S = 60

/** What is gone, or closed to the bot, keeps nothing else from being read. */
export async function unlessRefused<T>(work: () => Promise<T>, onRefused: (text: string) => void) {
  try {
    return await work()
  } catch (error) {
    const trouble = slackTroubleOf(error)
    if (trouble.kind !== 'refused' || isBadToken(trouble.error)) throw error
    onRefused(String(error))
    return undefined
  }
}

/** Reads what people wrote while nobody listened, into the same inbox. What was found that had not been heard: how much. */
export function createCatchUp({
  call,
  channels,
  asksIn,
  kept,
  take,
  onRefused,
}: HistoryOptions): () => Promise<number> {
  const pages = async (method: string, fields: Record<string, unknown>, isEnough: (page: Message[]) => boolean) => {
    const all: Message[] = []
    let cursor: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const asked = { ...fields, limit: PAGE, ...(cursor && { cursor }) }
      const { messages = [], response_metadata: more } = await call<Page>(method, asked)
      all.push(...messages)
      cursor = more?.next_cursor
      if (!cursor || isEnough(messages)) break
    }
    return all
  }

  const read = async (channel: string, isDirect: boolean): Promise<number> => {
    const before = kept.get(channel)
    if (before === undefined) {
      // What was written before Baton came here is not meant for it.
      const { messages: [newest] = [] } = await call<Page>('conversations.history', { channel, limit: 1 })
      kept.set(channel, newest?.ts ?? '0')
      return 0
    }
    const since = String(Math.max(0, Number(before) - OVERLAP_S))
    const isNew = ({ ts }: Message) => Number(ts) > Number(since)
    const roots = await pages('conversations.history', { channel }, (page) => page.some((one) => !isNew(one)))
    const replied = roots.filter(({ latest_reply: last = '0' }) => Number(last) > Number(since)).map(({ ts }) => ts)
    const found = roots.filter(isNew)
    const asks = asksIn(channel)
    for (const ts of new Set([...replied, ...asks])) {
      const thread = { channel, ts, oldest: since }
      const replies = await unlessRefused(() => pages('conversations.replies', thread, () => false), onRefused)
      found.push(...(replies ?? []).filter(isNew))
    }
    const inOrder = found.sort((a, b) => Number(a.ts) - Number(b.ts))
    let count = 0
    for (const one of inOrder) {
      const heard = readSlackMessage(one, { channel, isDirect })
      if (heard && take(heard)) count++
    }
    for (const ts of asks) count += (await unlessRefused(() => readReactions(channel, ts), onRefused)) ?? 0
    const newest = inOrder.at(-1)?.ts
    if (newest !== undefined && Number(newest) > Number(before)) kept.set(channel, newest)
    return count
  }

  const readReactions = async (channel: string, ts: string): Promise<number> => {
    const { message } = await call<Reactions>('reactions.get', { channel, timestamp: ts, full: true })
    const signs = (message?.reactions ?? []).flatMap(({ name, users = [] }) => users.map((user) => ({ name, user })))
    return signs.filter((sign) => take({ kind: 'reaction', channel, ts, ...sign })).length
  }

  return async () => {
    let count = 0
    for (const { channel, isDirect } of await channels())
      count += (await unlessRefused(() => read(channel, isDirect), onRefused)) ?? 0
    return count
  }
}
