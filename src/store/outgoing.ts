import type { Store } from './store.ts'

/** Something that a receiver is still to be told; `T` is what. */
export interface Waiting<T> {
  id: number
  /** The same for every attempt, so that a receiver can tell a repetition. */
  delivery: string
  /** When it happened, epoch milliseconds. */
  at: number
  content: T
  attempts: number
  /** The last failure: waits `waitMs` from `failedAt` (epoch) on. */
  failedAt?: number
  waitMs?: number
}

/** What is put into the queue of a receiver. */
export interface NewOutgoing<T> {
  receiver: string
  eventSeq: number
  delivery: string
  at: number
  content: T
}

/** The stored queues of what other systems are told. Every function is durable when it returns. */
export interface Outgoing<T> {
  /** How far in the stream of events each receiver is. */
  places: () => Map<string, number>
  /** Puts items into their queues and moves the receivers on to `seq`, together: a kill leaves both or neither. */
  take: (receivers: readonly string[], seq: number, items: readonly NewOutgoing<T>[]) => void
  /** Oldest first. */
  pending: (receiver: string, limit: number) => Waiting<T>[]
  done: (ids: readonly number[]) => void
  failed: (ids: readonly number[], failure: { at: number; waitMs: number }) => void
  /** Gives up what happened before a time; how many. */
  giveUp: (receiver: string, before: number) => number
  /** Forgets every receiver but these; gives back how much still waited for the others. */
  keepOnly: (receivers: readonly string[]) => number
}

/** Prepares the queues on a store. */
export function createOutgoing<T>({ db, transaction }: Pick<Store<unknown>, 'db' | 'transaction'>): Outgoing<T> {
  const places = db.prepare('SELECT receiver, seq FROM outgoing_places')
  const move = db.prepare(
    'INSERT INTO outgoing_places (receiver, seq) VALUES (?, ?) ON CONFLICT (receiver) DO UPDATE SET seq = excluded.seq',
  )
  const insert = db.prepare(
    'INSERT INTO outgoing (receiver, event_seq, delivery, at, json) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const waiting = db.prepare(
    'SELECT id, delivery, at, attempts, failed_at, wait_ms, json FROM outgoing WHERE receiver = ? ORDER BY id LIMIT ?',
  )
  const remove = db.prepare('DELETE FROM outgoing WHERE id = ?')
  const fail = db.prepare('UPDATE outgoing SET attempts = attempts + 1, failed_at = ?, wait_ms = ? WHERE id = ?')
  const removeOld = db.prepare('DELETE FROM outgoing WHERE receiver = ? AND at < ?')
  const removeOthers = db.prepare('DELETE FROM outgoing WHERE receiver NOT IN (SELECT value FROM json_each(?))')
  const forgetOthers = db.prepare('DELETE FROM outgoing_places WHERE receiver NOT IN (SELECT value FROM json_each(?))')

  return {
    places: () => new Map(places.all().map((row) => [String(row.receiver), Number(row.seq)])),
    take: (receivers, seq, items) =>
      transaction(() => {
        for (const { receiver, eventSeq, delivery, at, content } of items)
          insert.run(receiver, eventSeq, delivery, at, JSON.stringify(content))
        for (const receiver of receivers) move.run(receiver, seq)
      }),
    pending: (receiver, limit) =>
      waiting.all(receiver, limit).map((row) => ({
        id: Number(row.id),
        delivery: String(row.delivery),
        at: Number(row.at),
        content: JSON.parse(String(row.json)) as T,
        attempts: Number(row.attempts),
        ...(row.failed_at !== null && { failedAt: Number(row.failed_at), waitMs: Number(row.wait_ms) }),
      })),
    done: (ids) =>
      transaction(() => {
        for (const id of ids) remove.run(id)
      }),
    failed: (ids, { at, waitMs }) =>
      transaction(() => {
        for (const id of ids) fail.run(at, waitMs, id)
      }),
    giveUp: (receiver, before) => Number(removeOld.run(receiver, before).changes),
    keepOnly: (receivers) =>
      transaction(() => {
        const kept = JSON.stringify(receivers)
        forgetOthers.run(kept)
        return Number(removeOthers.run(kept).changes)
      }),
  }
}
