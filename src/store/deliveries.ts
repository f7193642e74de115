import type { DatabaseSync } from 'node:sqlite'

/** What every delivery has, whatever is in it. */
export interface StoredDelivery {
  id: number
  target: string
  slot?: string
  followsDocument?: true
  messageId?: string
  begun: boolean
  inDoubt: boolean
  attempts: number
  failedAt?: number
  waitMs?: number
  flood?: boolean
  documentLost?: boolean
}

/** What is put into a queue; `C` is what is to be brought. */
export interface StorableDelivery<C> {
  target: string
  slot?: string
  messageId?: string
  content: C
  urgent: boolean
  followsDocument?: true
}

/** The stored queue of one channel. */
export interface Deliveries<C> {
  /** Puts deliveries at the end; inside a transaction they are stored together with what caused them. */
  enqueue: (deliveries: readonly StorableDelivery<C>[], at: number) => void
  /** Unfinished deliveries, oldest first, at most `limitPerTarget` of each target. */
  pending: (limitPerTarget: number) => (StorableDelivery<C> & StoredDelivery)[]
  begin: (id: number) => void
  done: (id: number, result: { messageId?: string }) => void
  failed: (id: number, failure: { at: number; waitMs: number; inDoubt: boolean; flood: boolean; error: string }) => void
  /** Never to be tried again; with the reason `gone` nothing stands for its slot any more. */
  dropped: (id: number, reason: string, error: string) => void
  moved: (target: string, newTarget: string) => void
  messageIn: (target: string, slot: string) => string | undefined
  /** The slot that a message stands for, newest first. */
  slotOf: (target: string, messageId: string) => string | undefined
  /** Something for the slot is not sent yet. */
  isWaiting: (target: string, slot: string) => boolean
}

type Body = Record<string, unknown> & { documentId?: number }

/** Prepares the queue of `channel`. Every function is durable when it returns (outside of a transaction). */
export function createDeliveries<C>(db: DatabaseSync, channel: string): Deliveries<C> {
  const insert = db.prepare(
    "INSERT INTO deliveries (channel, target, slot, state, created_at, json) VALUES (?, ?, ?, 'waiting', ?, ?)",
  )
  const one = db.prepare('SELECT target, slot, state, json FROM deliveries WHERE id = ?')
  const change = db.prepare('UPDATE deliveries SET state = ?, json = ? WHERE id = ?')
  const waiting = db.prepare(
    `SELECT id, target, slot, json, (SELECT message_id FROM slots s WHERE s.channel = d.channel AND s.target = d.target AND s.slot = d.slot) AS message_id
     FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY target ORDER BY id) AS place FROM deliveries WHERE channel = ? AND state = 'waiting') d
     WHERE place <= ? ORDER BY id`,
  )
  const setSlot = db.prepare(
    'INSERT INTO slots (channel, target, slot, message_id) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET message_id = excluded.message_id',
  )
  const getSlot = db.prepare('SELECT message_id FROM slots WHERE channel = ? AND target = ? AND slot = ?')
  const forgetSlot = db.prepare('DELETE FROM slots WHERE channel = ? AND target = ? AND slot = ?')
  const findSlot = db.prepare('SELECT slot FROM slots WHERE channel = ? AND target = ? AND message_id = ?')
  const moveRows = db.prepare(
    "UPDATE deliveries SET target = ?, json = json_set(json, '$.begun', json('false')) WHERE channel = ? AND target = ? AND state = 'waiting'",
  )
  const findWaiting = db.prepare(
    "SELECT 1 FROM deliveries WHERE channel = ? AND target = ? AND slot = ? AND state = 'waiting' LIMIT 1",
  )
  const moveSlots = db.prepare('UPDATE OR REPLACE slots SET target = ? WHERE channel = ? AND target = ?')

  const row = (id: number) => {
    const found = one.get(id)
    if (!found) throw new Error(`There is no delivery ${id}`)
    return {
      target: String(found.target),
      slot: found.slot === null ? undefined : String(found.slot),
      body: JSON.parse(String(found.json)) as Body,
    }
  }
  const update = (id: number, state: 'waiting', fields: Record<string, unknown>) => {
    change.run(state, JSON.stringify({ ...row(id).body, ...fields }), id)
  }
  // What was said, and documents most of all, is not kept once it is over: only that it is.
  const end = (id: number, state: 'done' | 'dropped', fields: Record<string, unknown>) => {
    change.run(state, JSON.stringify(fields), id)
  }

  return {
    enqueue(deliveries, at) {
      let before: number | undefined
      for (const delivery of deliveries) {
        const { target, slot, ...body } = delivery
        const documentId = delivery.followsDocument ? before : undefined
        const json = JSON.stringify({ ...body, begun: false, inDoubt: false, attempts: 0, documentId })
        before = Number(insert.run(channel, target, slot ?? null, at, json).lastInsertRowid)
      }
    },
    pending: (limitPerTarget) =>
      waiting.all(channel, limitPerTarget).map((found) => {
        const { documentId, ...body } = JSON.parse(String(found.json)) as Body
        const lost = documentId !== undefined && String(one.get(documentId)?.state ?? 'dropped') === 'dropped'
        return {
          ...body,
          id: Number(found.id),
          target: String(found.target),
          ...(found.slot !== null && { slot: String(found.slot) }),
          // A message that was named by its id stays the one that is meant.
          ...(body.messageId === undefined && found.message_id !== null && { messageId: String(found.message_id) }),
          ...(lost && { documentLost: true }),
        } as unknown as StorableDelivery<C> & StoredDelivery
      }),
    begin: (id) => update(id, 'waiting', { begun: true, attempts: Number(row(id).body.attempts ?? 0) + 1 }),
    done(id, { messageId }) {
      const { target, slot } = row(id)
      end(id, 'done', {})
      if (slot !== undefined && messageId !== undefined) setSlot.run(channel, target, slot, messageId)
    },
    failed: (id, { at, ...failure }) => update(id, 'waiting', { begun: false, failedAt: at, ...failure }),
    dropped(id, reason, error) {
      const { target, slot } = row(id)
      end(id, 'dropped', { reason, error })
      if (slot !== undefined && reason === 'gone') forgetSlot.run(channel, target, slot)
    },
    moved(target, newTarget) {
      moveRows.run(newTarget, channel, target)
      moveSlots.run(newTarget, channel, target)
    },
    messageIn: (target, slot) => {
      const found = getSlot.get(channel, target, slot)
      return found ? String(found.message_id) : undefined
    },
    slotOf: (target, messageId) => {
      const found = findSlot.get(channel, target, messageId)
      return found ? String(found.slot) : undefined
    },
    isWaiting: (target, slot) => findWaiting.get(channel, target, slot) !== undefined,
  }
}
