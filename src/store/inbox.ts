import type { DatabaseSync } from 'node:sqlite'
import type { Reply } from '../core/inputs.ts'

/** A stored command of a person or program, exactly as it came; it is handled once. */
interface InboxItem<T> {
  id: number
  key: string
  queue: string
  receivedAt: number
  content: T
}

/** The inbox: acts are stored here before anything else happens to them, whichever process they come from. */
export interface Inbox<T> {
  /** Stores an act under its deduplication key; false when that key was stored before. `about`: digest of the request. */
  put: (item: { key: string; queue: string; content: T; receivedAt: number; about?: string }) => boolean
  /** True when the key was stored for a request with another digest. */
  isOther: (key: string, about: string | undefined) => boolean
  /** What is not handled yet, oldest first; of all queues where none is named. */
  pending: (which?: { queue?: string; limit?: number }) => InboxItem<T>[]
  /** The answer to a handled act; undefined while it is pending. */
  reply: (key: string) => Reply | undefined
  /** Notes an act as handled; to be called in the transaction of what it did. */
  handled: (id: number, reply: Reply, at: number) => void
}

/** Prepares the inbox on a database. */
export function createInbox<T>(db: DatabaseSync): Inbox<T> {
  const insert = db.prepare(
    'INSERT INTO inbox (key, queue, received_at, json, about) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  )
  const other = db.prepare('SELECT 1 FROM inbox WHERE key = ? AND about <> ?')
  const pending = db.prepare(
    'SELECT id, key, queue, received_at, json FROM inbox WHERE handled_at IS NULL AND queue = IFNULL(?, queue) ORDER BY id LIMIT ?',
  )
  const reply = db.prepare('SELECT reply FROM inbox WHERE key = ? AND handled_at IS NOT NULL')
  const handled = db.prepare('UPDATE inbox SET handled_at = ?, reply = ? WHERE id = ?')
  return {
    put: ({ key, queue, content, receivedAt, about }) =>
      insert.run(key, queue, receivedAt, JSON.stringify(content), about ?? null).changes === 1,
    // Without a digest on either side nobody knows, as after an update: it counts as a repetition.
    isOther: (key, about) => about !== undefined && other.get(key, about) !== undefined,
    pending: ({ queue, limit = 100 } = {}) =>
      pending.all(queue ?? null, limit).map((row) => ({
        id: Number(row.id),
        key: String(row.key),
        queue: String(row.queue),
        receivedAt: Number(row.received_at),
        content: JSON.parse(String(row.json)) as T,
      })),
    reply: (key) => {
      const row = reply.get(key)
      return row ? (JSON.parse(String(row.reply)) as Reply) : undefined
    },
    handled: (id, answer, at) => {
      handled.run(at, JSON.stringify(answer), id)
    },
  }
}
